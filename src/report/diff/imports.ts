import { sum } from '#base';
import type { Report } from '#schema';

/** One module in both reports: what its own code took, without what it imports. */
export interface ImportChange {
  readonly module: string;
  readonly change: 'appeared' | 'gone' | 'changed';
  readonly beforeSeconds?: number;
  readonly afterSeconds?: number;
  readonly beforeCalls?: number;
  readonly afterCalls?: number;
}

interface Weight {
  seconds: number;
  calls: number;
}

/** Imports below a share of the whole are folded into others; near it, whether one is listed says nothing. */
const FOLDED_SHARE = 0.005;

/** A module's time varies by so much from run to run; its calls vary only with what other modules left in caches. */
const NOISE_SHARE = 0.5;
const NOISE_SECONDS = 0.02;
const NOISE_CALLS = 10;

function weightsOf({ icicle }: Report): Map<string, Weight> {
  const weights = new Map<string, Weight>();
  for (const { module, selfSeconds, selfCalls } of icicle) {
    const weight = weights.get(module) ?? { seconds: 0, calls: 0 };
    weights.set(module, { seconds: weight.seconds + selfSeconds, calls: weight.calls + selfCalls });
  }
  return weights;
}

/** Whether the other report would list a module of this weight, if it had it. */
function isListed({ seconds, calls }: Weight, { icicle }: Report): boolean {
  if (!icicle.some(({ folded }) => folded)) return true;
  const tops = icicle.filter(({ parent }) => parent === undefined);
  const whole = sum(tops, ({ totalSeconds }) => totalSeconds);
  const allCalls = sum(tops, ({ totalCalls }) => totalCalls);
  return seconds > FOLDED_SHARE * whole || calls > FOLDED_SHARE * allCalls;
}

function changeOf(module: string, before: Weight | undefined, after: Weight | undefined): ImportChange[] {
  const old = before ? { beforeSeconds: before.seconds, beforeCalls: before.calls } : {};
  const now = after ? { afterSeconds: after.seconds, afterCalls: after.calls } : {};
  if (!before || !after) return [{ module, change: before ? 'gone' : 'appeared', ...old, ...now }];
  const slower = Math.abs(after.seconds - before.seconds) > Math.max(NOISE_SECONDS, NOISE_SHARE * before.seconds);
  const busier = Math.abs(after.calls - before.calls) > NOISE_CALLS;
  return slower || busier ? [{ module, change: 'changed', ...old, ...now }] : [];
}

const difference = (before = 0, after = 0) => Math.abs(after - before);

/**
 * Changes by their part in all changes, of time or of calls, whichever is larger: a module of 500 file operations and
 * no time ranks as high as one that sleeps.
 */
function ranked(changes: ImportChange[]): ImportChange[] {
  const seconds = (each: ImportChange) => difference(each.beforeSeconds, each.afterSeconds);
  const calls = (each: ImportChange) => difference(each.beforeCalls, each.afterCalls);
  const allSeconds = sum(changes, seconds) || 1;
  const allCalls = sum(changes, calls) || 1;
  const weight = (each: ImportChange) => Math.max(seconds(each) / allSeconds, calls(each) / allCalls);
  return changes.sort((a, b) => weight(b) - weight(a));
}

/** Modules that came, went, or differ by more than two runs of the same job do. */
export function diffImports(before: Report, after: Report): ImportChange[] {
  const old = weightsOf(before);
  const now = weightsOf(after);
  const modules = new Set([...now.keys(), ...old.keys()]);
  const changes = [...modules].flatMap((module) => changeOf(module, old.get(module), now.get(module)));
  return ranked(
    changes.filter(({ change, module }) => {
      const weight = change === 'appeared' ? now.get(module) : change === 'gone' ? old.get(module) : undefined;
      return weight === undefined || isListed(weight, change === 'appeared' ? before : after);
    }),
  );
}
