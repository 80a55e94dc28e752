import { parse, TomlError } from 'smol-toml';
import { type Failure, failure, type Result, success } from '#base';

/** Locks of the largest projects have some 10 MB. */
const LONGEST = 64 * 1024 * 1024;

/** A TOML file as an object. */
export function readToml(text: string): Result<Readonly<Record<string, unknown>>> {
  const wrong = (message: string) => failure<Failure>({ code: 'formats/toml', message });
  if (text.length > LONGEST) return wrong('the file is too long');
  try {
    return success(parse(text));
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    return wrong(`it is not TOML: line ${error.line}, column ${error.column}`);
  }
}
