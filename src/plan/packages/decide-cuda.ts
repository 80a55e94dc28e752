import { isDriverTooOld, oldestDriverFor, type SiteCoupled } from '#knowledge';
import type { PackageDecision } from '#schema';
import { decision, proof } from './decision.ts';
import type { Target } from './target.ts';
import type { Wanted } from './wanted.ts';

const NOT_KNOWN = 'which GPU and driver the jobs have is not known';

/** uv chooses the index by the driver of the jobs, not of this machine. */
function decideBackend(wanted: Wanted, coupled: SiteCoupled, { gpu }: Target): PackageDecision {
  const more = proof(coupled);
  if (gpu?.kind === 'none') {
    const install = [{ name: 'UV_TORCH_BACKEND', value: 'cpu' }];
    return decision(wanted, 'wheel', 'the partitions have no GPU: the wheel without CUDA', { install, ...more });
  }
  if (gpu?.kind !== 'nvidia' || gpu.driver === undefined) {
    return decision(wanted, 'wheel', `${NOT_KNOWN}: the wheel that its index gives`, more);
  }
  const install = [
    { name: 'UV_TORCH_BACKEND', value: 'auto' },
    { name: 'UV_CUDA_DRIVER_VERSION', value: gpu.driver },
  ];
  return decision(wanted, 'wheel', `uv takes the wheel for driver ${gpu.driver}, that of the jobs`, {
    install,
    ...more,
  });
}

const asWritten = ({ name, extras }: Wanted): string =>
  extras.length === 0 ? name : `${name}[${[...extras].sort().join(',')}]`;

/** The wheel of the newest CUDA that the driver runs. */
function decideByCuda(wanted: Wanted, coupled: SiteCoupled, { gpu }: Target): PackageDecision {
  const more = proof(coupled);
  if (gpu?.kind === 'none' && coupled.wheel === 'other-name') {
    return decision(wanted, 'impossible', 'the partitions have no GPU', more);
  }
  const { driver } = gpu ?? {};
  if (gpu?.kind !== 'nvidia' || driver === undefined) {
    return decision(wanted, 'wheel', gpu?.kind === 'none' ? 'the partitions have no GPU' : NOT_KNOWN, more);
  }
  const fitting = coupled.byCuda?.find(({ major }) => isDriverTooOld(driver, major) === false);
  if (!fitting) return decision(wanted, 'impossible', `driver ${driver} is older than all of its wheels ask for`, more);
  const because = `driver ${driver} runs CUDA ${fitting.major}, which asks for ${oldestDriverFor(fitting.major)} or later`;
  const isSo = asWritten(wanted) === fitting.instead;
  return decision(wanted, 'wheel', because, { ...(!isSo && { instead: fitting.instead }), ...more });
}

/** A wheel that names its CUDA, such as cupy-cuda13x. */
export function decideNamedCuda(wanted: Wanted, { gpu }: Target): PackageDecision | undefined {
  const major = Number(/(?:^|-)(?:cuda|cu)(1\d)x?$/.exec(wanted.name)?.[1]);
  if (!wanted.isAsked || Number.isNaN(major) || gpu?.kind !== 'nvidia' || gpu.driver === undefined) return undefined;
  if (isDriverTooOld(gpu.driver, major) !== true) return undefined;
  const because = `driver ${gpu.driver} is too old for CUDA ${major}, which asks for ${oldestDriverFor(major)} or later`;
  return decision(wanted, 'impossible', because);
}

export const decideCuda = (wanted: Wanted, coupled: SiteCoupled, target: Target): PackageDecision =>
  coupled.wheel === 'uv-backend' ? decideBackend(wanted, coupled, target) : decideByCuda(wanted, coupled, target);
