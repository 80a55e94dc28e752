import { normalizeName } from '../normalize-name.ts';
import { isAllowed, readSpecifiers } from './specifiers.ts';
import { readVersion } from './version.ts';

/** A condition on the environment (PEP 508), such as `python_version < "3.9" and extra == "mpi"`. */
export type Marker =
  | { readonly kind: 'and' | 'or'; readonly of: readonly Marker[] }
  | { readonly kind: 'compare'; readonly left: MarkerValue; readonly operator: string; readonly right: MarkerValue };

type Comparison = Marker & { readonly kind: 'compare' };

export interface MarkerValue {
  readonly kind: 'variable' | 'text';
  readonly text: string;
}

/** What the variables of a marker stand for; those not named here are not known. `extra` may be a list: each of it is asked for. */
export type MarkerEnvironment = Readonly<Record<string, string | readonly string[]>>;

const OF_VERSIONS = new Set(['python_version', 'python_full_version', 'implementation_version']);
const OF_NAMES = new Set(['extra', 'extras', 'dependency_groups']);

const valuesOf = (value: string | readonly string[]) => (typeof value === 'string' ? [value] : value);

/** Other texts have no order: only what includes equality can be true of them. */
function compareTexts(left: string, operator: string, right: string): boolean | undefined {
  switch (operator) {
    case '==':
    case '<=':
    case '>=':
      return left === right;
    case '!=':
      return left !== right;
    case '<':
    case '>':
      return false;
    case 'in':
      return right.includes(left);
    case 'not in':
      return !right.includes(left);
    default:
      return undefined;
  }
}

/** What a build between releases says of itself, `3.13.0+`, is no version as it stands. */
const wholeVersion = (text: string) => readVersion(text.endsWith('+') ? `${text}local` : text);

function compareVersionTexts(left: string, operator: string, right: string): boolean | undefined {
  const specifiers = readSpecifiers(`${operator}${right}`);
  if (operator.endsWith('in') || right.includes(',') || !specifiers.ok) return compareTexts(left, operator, right);
  const version = wholeVersion(left);
  return version ? isAllowed(version, specifiers.value) : undefined;
}

/** Of names that are held, an extra's or a group's: of a set only membership can be asked. */
function compareNames(held: readonly string[], { left, operator, right }: Comparison): boolean | undefined {
  const variable = left.kind === 'variable' ? left : right;
  const names = held.map(normalizeName);
  if (operator === 'in' || operator === 'not in') {
    // `extra in "a b"` is of texts, as of any other variable.
    const has =
      left === variable ? names.some((name) => right.text.includes(name)) : names.includes(normalizeName(left.text));
    return has === (operator === 'in');
  }
  if (variable.text !== 'extra' || (operator !== '==' && operator !== '!=')) return undefined;
  return names.includes(normalizeName((left === variable ? right : left).text)) === (operator === '==');
}

function holdsComparison(marker: Comparison, environment: MarkerEnvironment): boolean | undefined {
  const { left, operator, right } = marker;
  const name = left.kind === 'variable' ? left.text : right.text;
  // Only own names: an environment is data, and a marker anyone's.
  const known = Object.hasOwn(environment, name) ? environment[name] : undefined;
  if (known === undefined) return undefined;
  if (OF_NAMES.has(name) || typeof known !== 'string') return compareNames(valuesOf(known), marker);
  const compare = OF_VERSIONS.has(name) ? compareVersionTexts : compareTexts;
  return left.kind === 'variable' ? compare(known, operator, right.text) : compare(left.text, operator, known);
}

/** Whether a marker holds; undefined where that depends on what is not known of the environment. */
export function holds(marker: Marker, environment: MarkerEnvironment): boolean | undefined {
  if (marker.kind === 'compare') return holdsComparison(marker, environment);
  const answers = marker.of.map((part) => holds(part, environment));
  const decides = marker.kind === 'or';
  if (answers.includes(decides)) return decides;
  return answers.includes(undefined) ? undefined : !decides;
}
