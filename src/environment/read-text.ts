import type { Result } from '#base';
import type { Host } from '#host';

const decoder = new TextDecoder();

/** A text file; bytes that are not UTF-8 are shown as such. Nobody's metadata are larger. */
export async function readText(host: Host, path: string, mostBytes = 16 * 1024 * 1024): Promise<Result<string>> {
  const bytes = await host.read(path, mostBytes);
  return bytes.ok ? { ok: true, value: decoder.decode(bytes.value) } : bytes;
}
