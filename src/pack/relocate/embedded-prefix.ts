import { pathBytes, success } from '#base';
import { STAGE_TOKEN } from '#schema';
import { findBytes } from './find-bytes.ts';
import type { Relocated, Relocation } from './relocation.ts';

// Packages of conda name their prefix in their files; the installer writes it there, with room to spare in binaries:
// https://docs.conda.io/projects/conda-build/en/stable/resources/make-relocatable.html

/** What may stand behind the name of a folder: `PREFIX-other` is another one. */
const ENDS: ReadonlySet<number> = new Set([...'\0/:;, \'"\n\r\t<)'].map((end) => end.charCodeAt(0)));

/** Bytecode is made of the source as it is, and a script's first line is seen to elsewhere. */
const KEPT = /\.(py|pyc|pyi|a|o)$/;

const isBinary = (bytes: Uint8Array) => bytes.subarray(0, 65_536).includes(0);

/** With the token before each name of the prefix. */
function template(bytes: Uint8Array, places: readonly number[]): Uint8Array {
  const token = pathBytes(STAGE_TOKEN);
  const made = new Uint8Array(bytes.length + places.length * token.length);
  let from = 0;
  let to = 0;
  for (const place of places) {
    made.set(bytes.subarray(from, place), to);
    to += place - from;
    made.set(token, to);
    to += token.length;
    from = place;
  }
  made.set(bytes.subarray(from), to);
  return made;
}

/** From the prefix to the last NUL of the filling behind its text; undefined where none ends it, or it is not a text's beginning. */
function roomOf(bytes: Uint8Array, place: number): number | undefined {
  let end = bytes.indexOf(0, place);
  if (end < 0) return undefined;
  while (bytes[end + 1] === 0) end += 1;
  return end + 1 - place;
}

/** One text may name the prefix twice: the first place stands for all of them. */
function listRooms(bytes: Uint8Array, places: readonly number[], prefix: string): NonNullable<Relocated['prefixes']> {
  const rooms: { prefix: string; offset: number; bytes: number }[] = [];
  let end = 0;
  for (const offset of places) {
    const room = offset < end ? undefined : roomOf(bytes, offset);
    if (room === undefined) continue;
    end = offset + room;
    rooms.push({ prefix, offset, bytes: room });
  }
  return rooms;
}

/** A prefix that stands in a file of a conda environment, as text or in a binary. */
export const relocateEmbeddedPrefix: Relocation = async ({ path, bytes }, { embedded }) => {
  if (embedded.length === 0 || KEPT.test(path)) return undefined;
  for (const prefix of embedded) {
    const wanted = pathBytes(prefix);
    const places = findBytes(bytes, wanted).filter((at) => ENDS.has(bytes[at + wanted.length] ?? 0));
    if (places.length === 0) continue;
    if (!isBinary(bytes)) return success({ bytes: template(bytes, places), made: 'template' });
    const prefixes = listRooms(bytes, places, prefix);
    if (prefixes.length > 0) return success({ bytes, made: 'prefix', prefixes });
  }
  return undefined;
};
