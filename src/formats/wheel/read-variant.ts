import { type Failure, failure, type Result, success } from '#base';
import { fieldOf, jsonObject, objectOf, textOf, textsOf } from '../json-fields.ts';

/** What one wheel variant was built for: each feature of each namespace, with the values of which one is enough. */
export interface Variant {
  readonly label: string;
  readonly features: readonly {
    readonly namespace: string;
    readonly feature: string;
    readonly values: readonly string[];
  }[];
}

/** The versions of the schema that are read: PEP 825 is not final, and earlier ones had other keys. */
const SCHEMA = /^https:\/\/variants-schema\.wheelnext\.dev\/peps\/825\/v(0\.1\.\d+)\.json$/;
const LONGEST = 4 * 1024 * 1024;
const NAME = /^[a-z0-9_]+$/;
const VALUE = /^[a-z0-9_.]+$/;

const wrong = (message: string): Result<never> => failure<Failure>({ code: 'formats/variant', message });

function featuresOf(namespaces: Readonly<Record<string, unknown>>): Variant['features'] {
  return Object.entries(namespaces).flatMap(([namespace, features]) =>
    Object.entries(objectOf(features) ?? {})
      .map(([feature, values]) => ({ namespace, feature, values: textsOf(values).filter((one) => VALUE.test(one)) }))
      .filter(({ feature }) => NAME.test(namespace) && NAME.test(feature)),
  );
}

/** What `variant.json` in a wheel, or the `variants.json` of an index, says. */
export function readVariants(text: string): Result<readonly Variant[]> {
  const value = text.length > LONGEST ? undefined : jsonObject(text);
  const schema = value && textOf(fieldOf(value, '$schema'));
  if (!value || schema === undefined) return wrong('the variants do not say of which schema they are');
  if (!SCHEMA.test(schema))
    return wrong(`variants of the schema ${JSON.stringify(schema.slice(0, 200))} are not known`);
  const variants = Object.entries(objectOf(fieldOf(value, 'variants')) ?? {});
  return success(variants.map(([label, namespaces]) => ({ label, features: featuresOf(objectOf(namespaces) ?? {}) })));
}
