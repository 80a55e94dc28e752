import { expect, test } from 'vitest';
import { relocateEmbeddedPrefix } from './embedded-prefix.ts';
import type { Surroundings } from './relocation.ts';

const around = { embedded: ['/lustre/conda'] } as unknown as Surroundings;

async function relocated(path: string, text: string) {
  const made = await relocateEmbeddedPrefix({ path, mode: 0o644, bytes: Buffer.from(text, 'latin1') }, around);
  if (!made?.ok) return undefined;
  return { ...made.value, bytes: Buffer.from(made.value.bytes).toString('latin1') };
}

test('a text that names its prefix becomes a template, another folder’s name stays', async () => {
  expect(await relocated('/lustre/conda/etc/a.conf', 'dir=/lustre/conda/etc\nold=/lustre/conda-old\n')).toMatchObject({
    made: 'template',
    bytes: 'dir=@PHAROS-STAGE@/lustre/conda/etc\nold=/lustre/conda-old\n',
  });
});

test('in a binary it is told where the prefix stands, and how long its text may become', async () => {
  const binary = '\0\x01x=/lustre/conda/lib:/lustre/conda/lib64\0\0\0\0\x02';
  const made = await relocated('/lustre/conda/bin/tool', binary);
  expect(made).toMatchObject({ made: 'prefix', bytes: binary });
  const offset = binary.indexOf('/lustre');
  expect(made?.prefixes).toEqual([{ prefix: '/lustre/conda', offset, bytes: binary.indexOf('\x02') - offset }]);
});

test('sources are as they are: their bytecode is made of them', async () => {
  expect(await relocated('/lustre/conda/lib/config.py', 'PREFIX = "/lustre/conda"\n')).toBeUndefined();
});
