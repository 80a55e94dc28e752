import { parse } from 'yaml';
import { type Failure, failure, type Result, success } from '#base';
import { fieldOf, listOf, objectOf, present, textOf, textsOf } from '../json-fields.ts';
import { withoutToken } from '../without-secrets.ts';

/** What `environment.yml` asks conda for. */
export interface CondaEnvironment {
  readonly name?: string;
  readonly channels: readonly string[];
  /** Match specifications as written. */
  readonly dependencies: readonly string[];
  /** Lines as of a requirements file. */
  readonly pip: readonly string[];
}

const LONGEST = 1024 * 1024;
/** As many uses of a name for a value as real files have, and a hundred more. */
const MOST_ALIASES = 100;

function yamlOf(text: string): unknown {
  if (text.length > LONGEST) return undefined;
  try {
    return parse(text, { maxAliasCount: MOST_ALIASES, schema: 'core', logLevel: 'error' });
  } catch {
    // Its errors are of several kinds, one of them a stack that is not deep enough: all say that it cannot be read.
    return undefined;
  }
}

/** https://docs.conda.io/projects/conda/en/stable/user-guide/tasks/manage-environments.html */
export function readCondaEnvironment(text: string): Result<CondaEnvironment> {
  const value = objectOf(yamlOf(text));
  if (!value) {
    return failure<Failure>({ code: 'formats/conda-environment', message: 'it is no environment file of conda' });
  }
  const dependencies = listOf(fieldOf(value, 'dependencies'));
  return success({
    channels: textsOf(fieldOf(value, 'channels')).map(withoutToken),
    dependencies: textsOf(dependencies),
    pip: dependencies.flatMap((one) => textsOf(objectOf(one)?.pip)),
    ...present({ name: textOf(fieldOf(value, 'name')) }),
  });
}
