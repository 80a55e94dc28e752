import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { failure, pathBytes, type Result, success } from '#base';
import type { Machine, Range } from '#verify';
import { localHost, sayErrno } from '../files/index.ts';

const PIECE_BYTES = 1024 * 1024;

/** The pieces of a part of a regular file; throws where it is shorter. */
async function* piecesOf(file: FileHandle, { offset, bytes }: Range): AsyncGenerator<Uint8Array> {
  for (let done = 0; done < bytes; ) {
    const piece = Buffer.allocUnsafe(Math.min(PIECE_BYTES, bytes - done));
    const { bytesRead } = await file.read(piece, 0, piece.length, offset + done);
    if (bytesRead === 0) throw new Error('it is cut short');
    done += bytesRead;
    yield piece.subarray(0, bytesRead);
  }
}

async function withPieces<T>(
  path: string,
  range: Range | undefined,
  use: (pieces: AsyncGenerator<Uint8Array>) => Promise<T>,
): Promise<Result<T>> {
  try {
    const file = await open(
      Buffer.from(pathBytes(path)),
      constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY,
    );
    try {
      const found = await file.stat();
      if (!found.isFile()) throw new Error('it is not a regular file');
      return success(await use(piecesOf(file, range ?? { offset: 0, bytes: found.size })));
    } finally {
      await file.close();
    }
  } catch (error) {
    return failure({ code: 'cli/cannot-read', message: `${path}: ${sayErrno(error)}` });
  }
}

/** This machine, as verifying reads it. */
export const localMachine: Machine = {
  host: localHost,

  digest: (path, range) =>
    withPieces(path, range, async (pieces) => {
      const hash = createHash('sha256');
      for await (const piece of pieces) hash.update(piece);
      return hash.digest('hex');
    }),

  readRange: (path, range) =>
    withPieces(path, range, async (pieces) => {
      const all: Uint8Array[] = [];
      for await (const piece of pieces) all.push(piece);
      return Buffer.concat(all);
    }),

  digestOf: (bytes) => createHash('sha256').update(bytes).digest('hex'),
};
