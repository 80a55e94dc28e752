import { type Result, success } from '#base';
import { TAR_END_BYTES, tarEntry, tarPadding } from '#formats/tar';
import { BLOCK_BYTES, type ImageFile, type LayerName } from '#schema';
import type { Content } from './content.ts';
import type { Digester, Sink } from './workshop.ts';

/** A page: what a file takes on a node is whole ones. */
const PAGE_BYTES = 4096;

/** One layer's archive, written as it grows. */
export interface LayerWriter {
  folder(path: string): Promise<Result<undefined>>;
  link(path: string, target: string): Promise<Result<undefined>>;
  file(path: string, because: string, content: Content, original?: ImageFile['original']): Promise<Result<undefined>>;
  /** Fills up to a whole block. */
  end(): Promise<Result<WrittenLayer>>;
}

export interface WrittenLayer {
  readonly digest: string;
  readonly bytes: number;
  readonly unpackedBytes: number;
  readonly links: number;
  readonly files: readonly ImageFile[];
}

/** Mode of what Pharos makes itself, and of folders: the stage's own folder keeps others out. */
const FOLDER_MODE = 0o755;

export function layerWriter(layer: LayerName, sink: Sink, digester: () => Digester): LayerWriter {
  const whole = digester();
  const files: ImageFile[] = [];
  let bytes = 0;
  let unpackedBytes = 0;
  let links = 0;

  async function write(pieces: readonly Uint8Array[]): Promise<Result<undefined>> {
    for (const piece of pieces) {
      whole.update(piece);
      bytes += piece.length;
      const written = await sink.write(piece);
      if (!written.ok) return written;
    }
    return success(undefined);
  }

  return {
    folder: (path) => {
      unpackedBytes += PAGE_BYTES;
      return write(tarEntry({ path: path.slice(1), type: 'folder', mode: FOLDER_MODE, modified: 0 }));
    },
    link: (path, target) => {
      links += 1;
      return write(tarEntry({ path: path.slice(1), type: 'link', mode: 0o777, modified: 0, target }));
    },
    file: (path, because, content, original) => {
      const { made, mode, modified } = content;
      const digest = digester();
      digest.update(content.bytes);
      files.push({
        path,
        layer,
        digest: digest.digest(),
        bytes: content.bytes.length,
        because,
        ...(made === undefined ? {} : { made }),
        ...(original === undefined ? {} : { original }),
      });
      unpackedBytes += Math.ceil(content.bytes.length / PAGE_BYTES) * PAGE_BYTES;
      const head = tarEntry({ path: path.slice(1), type: 'file', mode, modified, bytes: content.bytes.length });
      return write([...head, content.bytes, new Uint8Array(tarPadding(content.bytes.length))]);
    },
    async end() {
      const filling = (BLOCK_BYTES - ((bytes + TAR_END_BYTES) % BLOCK_BYTES)) % BLOCK_BYTES;
      const written = await write([new Uint8Array(TAR_END_BYTES + filling)]);
      if (!written.ok) return written;
      return success({ digest: whole.digest(), bytes, unpackedBytes, links, files });
    },
  };
}
