import { type Failure, failure, type Result, success } from '#base';
import { fieldOf, jsonObject, listOf, objectOf, present, textOf } from '../json-fields.ts';

/** Something that a wheel brings along, by its list of contents (PEP 770). */
export interface SbomComponent {
  readonly name: string;
  readonly version?: string;
  /** `library`, `file`, `application` and others, as CycloneDX names them. */
  readonly type?: string;
  /** The address of its package, `pkg:rpm/almalinux/libgfortran@8.5.0`. */
  readonly packageUrl?: string;
}

/** As many as are kept, and as deep as they are looked for. */
const MOST = 20_000;
const DEEPEST = 20;
const LONGEST = 64 * 1024 * 1024;

const wrong = (message: string): Result<never> => failure<Failure>({ code: 'formats/sbom', message });

function addComponents(from: unknown, depth: number, into: SbomComponent[]): void {
  if (depth === DEEPEST) return;
  for (const one of listOf(from)) {
    if (into.length === MOST) return;
    const component = objectOf(one) ?? {};
    const name = textOf(fieldOf(component, 'name'));
    if (name !== undefined) {
      const version = textOf(fieldOf(component, 'version'));
      const type = textOf(fieldOf(component, 'type'));
      into.push({ name, ...present({ version, type, packageUrl: textOf(fieldOf(component, 'purl')) }) });
    }
    addComponents(fieldOf(component, 'components'), depth + 1, into);
  }
}

/** The components in a list of CycloneDX as JSON, which auditwheel writes for the libraries it puts into a wheel. */
export function readSbom(text: string): Result<readonly SbomComponent[]> {
  if (text.length > LONGEST) return wrong('the list of contents is too long');
  const value = jsonObject(text);
  if (!value || fieldOf(value, 'bomFormat') !== 'CycloneDX') return wrong('the list of contents is not of CycloneDX');
  const components: SbomComponent[] = [];
  addComponents(fieldOf(value, 'components'), 0, components);
  return success(components);
}
