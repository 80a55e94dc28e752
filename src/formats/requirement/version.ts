// PEP 440, as https://packaging.python.org/en/latest/specifications/version-specifiers/ has it; `version.test.ts` holds
// it to what Python's `packaging` says. Numbers have any length: dates with times are versions too.

/** A version of a distribution. */
export interface Version {
  readonly epoch: bigint;
  readonly release: readonly bigint[];
  readonly pre?: readonly [phase: 'a' | 'b' | 'rc', number: bigint];
  readonly post?: bigint;
  readonly dev?: bigint;
  readonly local: readonly (bigint | string)[];
  /** What was read: `===` compares it letter by letter. */
  readonly written: string;
}

/** Longer texts are no version: comparing numbers of any length would take any time. */
const LONGEST = 500;
const VERSION =
  /^v?(?:(\d+)!)?(\d+(?:\.\d+)*)(?:[-_.]?(alpha|a|beta|b|preview|pre|c|rc)[-_.]?(\d*))?(?:-(\d+)|[-_.]?(post|rev|r)[-_.]?(\d*))?(?:[-_.]?(dev)[-_.]?(\d*))?(?:\+([a-z0-9]+(?:[-_.][a-z0-9]+)*))?$/;
const PHASES = { alpha: 'a', a: 'a', beta: 'b', b: 'b', preview: 'rc', pre: 'rc', c: 'rc', rc: 'rc' } as const;

const phaseOf = (name: string) => PHASES[name as keyof typeof PHASES];
const localOf = (text: string) => text.split(/[-_.]/).map((part) => (/^\d+$/.test(part) ? BigInt(part) : part));

/** Undefined: not a version by PEP 440. */
export function readVersion(text: string): Version | undefined {
  if (text.length > LONGEST) return undefined;
  const match = VERSION.exec(text.trim().toLowerCase());
  if (!match) return undefined;
  const [, epoch, release = '', pre, preNumber, dashed, post, postNumber, dev, devNumber, local] = match;
  const afterwards = dashed ?? (post === undefined ? undefined : postNumber);
  return {
    epoch: BigInt(epoch ?? 0),
    release: release.split('.').map(BigInt),
    ...(pre === undefined ? {} : { pre: [phaseOf(pre), BigInt(preNumber ?? 0)] as const }),
    ...(afterwards === undefined ? {} : { post: BigInt(afterwards) }),
    ...(dev === undefined ? {} : { dev: BigInt(devNumber ?? 0) }),
    local: local === undefined ? [] : localOf(local),
    written: text.trim(),
  };
}

/** The one way to write this version. */
export function formatVersion({ epoch, release, pre, post, dev, local }: Version): string {
  return [
    epoch === 0n ? '' : `${epoch}!`,
    release.join('.'),
    pre ? pre.join('') : '',
    post === undefined ? '' : `.post${post}`,
    dev === undefined ? '' : `.dev${dev}`,
    local.length === 0 ? '' : `+${local.join('.')}`,
  ].join('');
}

export const isPrerelease = ({ pre, dev }: Version) => pre !== undefined || dev !== undefined;

type Part = bigint | string;

/** Before everything, and after everything, that a part can be. */
const LEAST = -1n;
const PHASE_RANK = { a: 0n, b: 1n, rc: 2n } as const;
const FINAL_RANK = 3n;

/** A development release without a pre-release comes before all pre-releases. */
function phaseRank({ pre, post, dev }: Version): bigint {
  if (pre) return PHASE_RANK[pre[0]];
  return post === undefined && dev !== undefined ? LEAST : FINAL_RANK;
}

function compareParts(one: Part | undefined, other: Part | undefined): number {
  if (one === other) return 0;
  if (one === undefined) return -1;
  if (other === undefined) return 1;
  // A number comes after any word: only local parts have words.
  if (typeof one !== typeof other) return typeof one === 'bigint' ? 1 : -1;
  return one < other ? -1 : 1;
}

function compareLists(one: readonly (Part | undefined)[], other: readonly (Part | undefined)[]): number {
  for (let index = 0; index < Math.max(one.length, other.length); index += 1) {
    const order = compareParts(one[index], other[index]);
    if (order !== 0) return order;
  }
  return 0;
}

/** What decides after the release. Without a `.dev`, a version comes after all with one. */
function suffixRanks(version: Version): readonly (bigint | undefined)[] {
  const isFinal = version.dev === undefined;
  return [phaseRank(version), version.pre?.[1], version.post, isFinal ? 1n : 0n, version.dev];
}

/** The release's number at a place: one that is not written is 0. */
export const releaseAt = ({ release }: Version, index: number) => release[index] ?? 0n;

function compareReleases(one: Version, other: Version): number {
  const length = Math.max(one.release.length, other.release.length);
  for (let index = 0; index < length; index += 1) {
    const order = compareParts(releaseAt(one, index), releaseAt(other, index));
    if (order !== 0) return order;
  }
  return 0;
}

/** Below 0 where the first comes before the second, 0 where they are the same version. */
export function compareVersions(one: Version, other: Version): number {
  return (
    compareParts(one.epoch, other.epoch) ||
    compareReleases(one, other) ||
    compareLists(suffixRanks(one), suffixRanks(other)) ||
    compareLists(one.local, other.local)
  );
}
