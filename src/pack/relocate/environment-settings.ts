import { nameOf, pathBytes, pathOfBytes, success } from '#base';
import { STAGE_TOKEN } from '#schema';
import { bytesOfLatin, latinOf } from './latin.ts';
import type { Relocation } from './relocation.ts';

const SETTING = /^(\s*(?:home|executable|base-prefix|base-exec-prefix|base-executable)\s*=\s*)(\/.*?)(\s*)$/gm;

/** `pyvenv.cfg` names its base by an absolute path: in the stage where that is packed. https://docs.python.org/3/library/venv.html */
export const relocateEnvironmentSettings: Relocation = async ({ path, bytes }, around) => {
  if (nameOf(path) !== 'pyvenv.cfg') return undefined;
  const text = latinOf(bytes);
  const moved = new Map<string, string>();
  for (const [, , value = ''] of text.matchAll(SETTING)) {
    const place = pathOfBytes(bytesOfLatin(value));
    if (await around.moves(place)) moved.set(value, latinOf(pathBytes(`${STAGE_TOKEN}${place}`)));
  }
  if (moved.size === 0) return undefined;
  const made = text.replaceAll(SETTING, (line, name: string, value: string, end: string) => {
    const to = moved.get(value);
    return to === undefined ? line : `${name}${to}${end}`;
  });
  return success({ bytes: bytesOfLatin(made), made: 'template' });
};
