import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import * as z from 'zod';
import { failure, type Result, success } from '#base';
import type { Prepared, PrepareRequest, Workshop } from '#pack';
import type { Context } from '../command.ts';
import { localHost } from '../files/index.ts';

const Answer = z.object({
  cacheTag: z.string(),
  version: z.string(),
  bytecode: z.array(
    z.object({
      source: z.string(),
      state: z.enum(['kept', 'compiled', 'failed']),
      because: z.string().optional(),
    }),
  ),
});

interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly said: string;
}

type Child = ChildProcessByStdio<Writable, Readable, Readable>;

/** It waits for its request: an interpreter takes a while to start, and there is something to do meanwhile. */
function startPython(python: string, program: string): Child {
  const child = spawn(python, ['-I', '-S', '-B', program], { stdio: ['pipe', 'pipe', 'pipe'] });
  // Whoever asks hears of it; nobody may ever ask.
  child.on('error', () => {});
  child.stdin.on('error', () => {});
  return child;
}

function ask(child: Child, input: string): Promise<Ran> {
  return new Promise((resolve) => {
    const out: Buffer[] = [];
    const said: Buffer[] = [];
    child.stdout.on('data', (piece: Buffer) => out.push(piece));
    child.stderr.on('data', (piece: Buffer) => said.push(piece));
    const settle = (status: number | null, more = '') =>
      resolve({ status, out: Buffer.concat(out).toString(), said: Buffer.concat(said).toString() + more });
    child.on('error', ({ message }) => settle(null, message));
    child.on('close', (status) => settle(status));
    if (child.pid === undefined) settle(null, 'it cannot be started');
    // It did not wait for its request.
    if (child.exitCode !== null || child.signalCode !== null) settle(child.exitCode);
    child.stdin.end(input);
  });
}

/** Asks the job's own interpreter for bytecode and indexes. */
async function prepare(child: Child, python: string, request: PrepareRequest): Promise<Result<Prepared>> {
  const { status, out, said } = await ask(child, JSON.stringify(request));
  const cannot = (why: string) =>
    failure({
      code: 'cli/cannot-prepare',
      message: `${python} could not prepare the image: ${why}`,
      hint: 'Pack on a machine where the job itself can run.',
    });
  if (status !== 0) return cannot(said.trim().split('\n').at(-1) || `it ended with status ${status}`);
  try {
    return success(Answer.parse(JSON.parse(out)));
  } catch {
    return cannot('its answer cannot be read');
  }
}

/** Work at most so often: a terminal shows no more. */
const PROGRESS_SECONDS = 0.2;

function progressOn({ terminal: { err } }: Context): Workshop['progress'] {
  if (!err.colour) return () => {};
  let last = 0;
  return (done, all) => {
    const now = performance.now() / 1000;
    if (now - last < PROGRESS_SECONDS) return;
    last = now;
    process.stderr.write(`\rpacking ${Math.floor(done / 1e6)} of ${Math.ceil(all / 1e6)} MB\x1b[K`);
  };
}

export interface OpenWorkshop {
  readonly workshop: Workshop;
  close(): void;
}

/** This machine as a place to pack on. */
export function openWorkshop(context: Context): OpenWorkshop {
  const folder = mkdtempSync(join(tmpdir(), 'pharos-pack-'));
  const program = join(context.folder, 'dist', 'staged', 'prepare.py');
  let early: Child | undefined;
  return {
    workshop: {
      host: localHost,
      folder,
      digester() {
        const hash = createHash('sha256');
        return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') };
      },
      expect(python) {
        early = startPython(python, program);
      },
      prepare(python, request) {
        const child = early ?? startPython(python, program);
        early = undefined;
        return prepare(child, python, request);
      },
      progress: progressOn(context),
    },
    close() {
      early?.kill();
      if (context.terminal.err.colour) process.stderr.write('\r\x1b[K');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
