import type { Environment, NativeObject } from './environment.ts';

/** Whose a file is: its distribution; of a file that none has, the folder of packages it lies in, without a version. */
export function ownerOf(
  { distributions }: Pick<Environment, 'distributions'>,
  { distribution, path }: Pick<NativeObject, 'distribution' | 'path'>,
): { readonly name: string; readonly version?: string } {
  const known = distribution === undefined ? undefined : distributions[distribution];
  if (known) return { name: known.name, version: known.version };
  return { name: /\/(?:site|dist)-packages\/([^/]+)/.exec(path)?.[1]?.replace(/\.libs$/, '') ?? path };
}
