import { folderOf, nameOf, pathBytes, pathOfBytes, relativePath, success } from '#base';
import { bytesOfLatin, latinOf } from './latin.ts';
import type { Relocation } from './relocation.ts';

// A script's first line names its interpreter by an absolute path, and cannot name one beside it. A line that is a call of
// exec to a shell and a string to Python can: https://peps.python.org/pep-0263/ lets the encoding stand on the second line.

const DIRECT = /^#![ \t]*(\/[^\s]*\/python[\d.]*t?)(?:[ \t]+([^\n]*?))?[ \t]*\r?\n/;
/** As pip writes it where the path is long or holds a blank (distlib, `scripts.py`). */
const BY_SHELL = /^#!\/bin\/sh\n'''exec' ("?)(\/[^\n]*\/python[\d.]*t?)\1((?: [^\n"]*)?) "\$0" "\$@"\n' '''\n/;
const ENCODING = /^[ \t\f]*#.*?coding[:=][ \t]*[-\w.]+.*\n/;
const MOST_SCRIPT_BYTES = 1024 * 1024;

/** A word between double quotes of a shell. */
const quoted = (text: string) => text.replaceAll(/[\\"$`]/g, '\\$&');

function interpreterOf(text: string): { python: string; options: string; rest: string } | undefined {
  const direct = DIRECT.exec(text);
  if (direct) return { python: direct[1] ?? '', options: direct[2] ?? '', rest: text.slice(direct[0].length) };
  const byShell = BY_SHELL.exec(text);
  if (!byShell) return undefined;
  return { python: byShell[2] ?? '', options: byShell[3]?.trim() ?? '', rest: text.slice(byShell[0].length) };
}

/** Console scripts of a root start the Python that stands where theirs stood, seen from the script. */
export const relocateShebang: Relocation = async ({ path, mode, bytes }, around) => {
  if ((mode & 0o111) === 0 || bytes[0] !== 0x23 || bytes[1] !== 0x21 || bytes.length > MOST_SCRIPT_BYTES)
    return undefined;
  const found = interpreterOf(latinOf(bytes));
  if (!found) return undefined;
  const python = pathOfBytes(bytesOfLatin(found.python));
  const folder = await around.places.find(folderOf(python));
  if (!folder || !(await around.moves(folderOf(python)))) return undefined;
  const beside = relativePath(folderOf(path), folder.path);
  const place = `\${0%/*}/${beside === '.' ? '' : `${quoted(beside)}/`}${nameOf(python)}`;
  const options = found.options === '' ? '' : ` ${found.options}`;
  const encoding = ENCODING.exec(found.rest)?.[0] ?? '';
  const head = `#!/bin/sh\n${encoding}'''exec' "${latinOf(pathBytes(place))}"${options} "$0" "$@"\n' '''\n`;
  return success({ bytes: bytesOfLatin(head + found.rest.slice(encoding.length)), made: 'script' });
};
