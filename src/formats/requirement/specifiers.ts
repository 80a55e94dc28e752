import { type Failure, failure, type Result, success } from '#base';
import { compareVersions, isPrerelease, readVersion, releaseAt, type Version } from './version.ts';

/** One clause of a version specifier: `>=1.2`, `==1.2.*`, `===any text`. */
export type Specifier =
  | { readonly operator: '==='; readonly text: string }
  | {
      readonly operator: '==' | '!=' | '<=' | '>=' | '<' | '>' | '~=';
      readonly version: Version;
      /** Written with `.*` at its end. */
      readonly isPrefix: boolean;
    };

const CLAUSE = /^(===|==|~=|!=|<=|>=|<|>)\s*([^\s]+)$/;
/** More clauses than anyone writes; each candidate is held to all. */
const MOST = 1000;

const wrong = (clause: string): Result<never> =>
  failure<Failure>({ code: 'formats/specifier', message: `${JSON.stringify(clause)} is not a version specifier` });

function readPrefix(operator: string, text: string): Version | undefined {
  const version = operator === '==' || operator === '!=' ? readVersion(text.slice(0, -2)) : undefined;
  const hasSuffix = !version || version.pre || version.post !== undefined || version.dev !== undefined;
  return hasSuffix || version.local.length > 0 ? undefined : version;
}

function isFit(operator: string, version: Version): boolean {
  if (operator === '==' || operator === '!=') return true;
  return version.local.length === 0 && (operator !== '~=' || version.release.length > 1);
}

function readClause(clause: string): Specifier | undefined {
  const [, operator, text = ''] = CLAUSE.exec(clause) ?? [];
  if (operator === undefined) return undefined;
  if (operator === '===') return /[;)]/.test(text) ? undefined : { operator, text };
  const isPrefix = text.endsWith('.*');
  const version = isPrefix ? readPrefix(operator, text) : readVersion(text);
  return version && isFit(operator, version)
    ? { operator: operator as Exclude<Specifier['operator'], '==='>, version, isPrefix }
    : undefined;
}

/** The clauses of a specifier such as `>=1.2, <2`; none for an empty one, which allows every version. */
export function readSpecifiers(text: string): Result<readonly Specifier[]> {
  const clauses = text.split(',').map((clause) => clause.trim());
  const specifiers: Specifier[] = [];
  for (const clause of clauses.filter(Boolean)) {
    const specifier = readClause(clause);
    if (!specifier || specifiers.length === MOST) return wrong(clause);
    specifiers.push(specifier);
  }
  return success(specifiers);
}

const publicOf = (version: Version): Version => ({ ...version, local: [] });

function hasPrefix(version: Version, { epoch, release }: Version, length = release.length): boolean {
  return (
    version.epoch === epoch && release.slice(0, length).every((number, index) => releaseAt(version, index) === number)
  );
}

function isEqual(version: Version, wanted: Version): boolean {
  return compareVersions(wanted.local.length > 0 ? version : publicOf(version), wanted) === 0;
}

/** What is before the bound's first pre-release: one of its own is not below it, unless the bound is one. */
function isBelow(version: Version, bound: Version): boolean {
  return compareVersions(version, isPrerelease(bound) ? bound : { ...bound, dev: 0n }) < 0;
}

/** A post-release of the bound itself is not above it, unless the bound is one; nor is a local version of it. */
function isAbove(version: Version, bound: Version): boolean {
  const { post, dev: _, ...before } = publicOf(version);
  const isPost = bound.post === undefined && post !== undefined && compareVersions(before, bound) === 0;
  const isLocal = version.local.length > 0 && compareVersions(publicOf(version), bound) === 0;
  return compareVersions(version, bound) > 0 && !isPost && !isLocal;
}

function isAllowedByOne(version: Version, specifier: Specifier): boolean {
  if (specifier.operator === '===') return version.written.toLowerCase() === specifier.text.toLowerCase();
  const { operator, version: wanted, isPrefix } = specifier;
  const isSame = () => (isPrefix ? hasPrefix(version, wanted) : isEqual(version, wanted));
  switch (operator) {
    case '==':
      return isSame();
    case '!=':
      return !isSame();
    case '<=':
      return compareVersions(publicOf(version), wanted) <= 0;
    case '>=':
      return compareVersions(publicOf(version), wanted) >= 0;
    case '<':
      return isBelow(version, wanted);
    case '>':
      return isAbove(version, wanted);
    case '~=':
      return compareVersions(publicOf(version), wanted) >= 0 && hasPrefix(version, wanted, wanted.release.length - 1);
  }
}

/** Whether a version fits all clauses. Pre-releases are held to them as others are: whether they are wanted is not said here. */
export function isAllowed(version: Version, specifiers: readonly Specifier[]): boolean {
  return specifiers.every((specifier) => isAllowedByOne(version, specifier));
}
