import { basename, dirname, resolve } from 'node:path';
import { failure, type Result, success } from '#base';
import { isPylockName, type Lock, readPylock, readPyproject, readRequirements, readUvLock } from '#formats/project';
import { readTextFile } from '../../files/index.ts';

/** Files that include files: more than anyone has. */
const MOST_FILES = 100;

/** What a project asks for. */
export interface Asked {
  /** As PEP 508 writes it, each. */
  readonly texts: readonly string[];
  /** What uv is given to resolve; absent where uv cannot read the file itself: then the texts are. */
  readonly source?: string;
}

const wrong = (path: string, why: string) =>
  failure({ code: 'cli/cannot-read', message: `${path}: ${why}`, hint: 'Check the name of the file.' });

function readLines(path: string, seen: Set<string>): Result<string[]> {
  if (seen.has(path)) return success([]);
  if (seen.size >= MOST_FILES) return wrong(path, 'it includes too many files');
  seen.add(path);
  const text = readTextFile(path);
  const lines = text.ok ? readRequirements(text.value) : text;
  if (!lines.ok) return lines;
  const texts: string[] = [];
  for (const line of lines.value) {
    if (line.kind === 'requirement') texts.push(line.text);
    if (line.kind !== 'requirements') continue;
    const included = readLines(resolve(dirname(path), line.file), seen);
    if (!included.ok) return included;
    texts.push(...included.value);
  }
  return success(texts);
}

/** Of a lock, what it has locked. */
function textsOfLock({ packages }: Lock): string[] {
  return packages
    .filter(({ source }) => source.kind === 'index')
    .map(({ name, version, marker }) => {
      const pinned = version === undefined ? name : `${name}==${version}`;
      return marker === undefined ? pinned : `${pinned} ; ${marker}`;
    });
}

/** What a file asks for, by its name: a requirements file, a project or a lock. */
export function readRequirementsFile(named: string): Result<Asked> {
  const path = resolve(named);
  const name = basename(path);
  if (isPylockName(name) || name === 'uv.lock') {
    const text = readTextFile(path);
    const lock = text.ok ? (name === 'uv.lock' ? readUvLock(text.value) : readPylock(text.value)) : text;
    if (!lock.ok) return failure({ ...lock.failure, message: `${named}: ${lock.failure.message}` });
    return success({ texts: textsOfLock(lock.value) });
  }
  if (name.endsWith('.toml')) {
    const text = readTextFile(path);
    const project = text.ok ? readPyproject(text.value) : text;
    return project.ok
      ? success({ texts: project.value.dependencies, source: path })
      : failure({ ...project.failure, message: `${named}: ${project.failure.message}` });
  }
  const texts = readLines(path, new Set());
  return texts.ok ? success({ texts: texts.value, source: path }) : texts;
}
