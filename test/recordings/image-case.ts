import { createHash } from 'node:crypto';
import { success } from '#base';
import type { Host } from '#host';
import type { OwnParts, PrepareRequest, Sink, Workshop } from '#pack';
import { type RecordingDraft, recordingDraft } from './recording-draft.ts';

// What packing needs beside a machine to read, in memory.

export const names = { home: '/home/ada', user: 'ada', host: 'login1' };

/** A job of a virtual environment on the system's own Python, and what it opened. */
export function draftOf(opened: readonly string[], prefix = '/lustre/env'): RecordingDraft {
  const draft = recordingDraft();
  const job = draft.process({}, { main: 0 });
  const path = (text: string) => draft.path(text);
  draft.fact('node', { system: 'Linux', kernel: '6', machine: 'x86_64' });
  draft.fact('command', { form: 'script', program: 'python', script: 'app.py', argc: 1 });
  draft.fact('python', {
    process: job,
    version: '3.11.2',
    implementation: 'cpython',
    executable: path(`${prefix}/bin/python`),
    prefix: path(prefix),
    basePrefix: path('/usr'),
    stdlib: path('/usr/lib/python3.11'),
    flags: {
      isolated: false,
      ignoreEnvironment: false,
      noSite: false,
      noUserSite: false,
      safePath: false,
      dontWriteBytecode: false,
    },
    pathEntries: [
      { path: path('/lustre/project'), origin: 'script' },
      { path: path('/usr/lib/python3.11'), origin: 'stdlib' },
      { path: path(`${prefix}/lib/python3.11/site-packages`), origin: 'site' },
    ],
  });
  for (const file of opened) draft.operation(job, 0, 'open', file);
  return draft;
}

export const parts: OwnParts = {
  program: Buffer.from('pharos_main "$@"\nexit 2\n'),
  staged: [{ name: 'begin.py', bytes: Buffer.from('# begin\n') }],
  folder: '/pharos/staged',
};

/** `prepare` makes nothing that could be run: what it is asked for, as text. */
export function workshopOf(machine: Host): Workshop & { readonly asked: PrepareRequest[] } {
  const made = new Map<string, string>();
  const asked: PrepareRequest[] = [];
  const host: Host = {
    ...machine,
    async read(path, mostBytes) {
      const text = made.get(path);
      return text === undefined ? machine.read(path, mostBytes) : success(Buffer.from(text));
    },
  };
  return {
    asked,
    host,
    folder: '/workshop',
    digester() {
      const hash = createHash('sha256');
      return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') };
    },
    expect() {},
    async prepare(_python, request) {
      asked.push(request);
      for (const { source, target } of request.bytecode) made.set(target, `bytecode of ${source}`);
      for (const { target, index } of request.indexes) made.set(target, JSON.stringify(index));
      const bytecode = request.bytecode.map(({ source }) => ({ source, state: 'compiled' as const }));
      return success({ cacheTag: 'cpython-311', version: '3.11.2', bytecode });
    },
    progress() {},
  };
}

/** `launch` in memory; `old` is what is there before. */
export function memorySink(old: Buffer = Buffer.alloc(0)): Sink & { bytes(): Buffer; kept(): number } {
  let whole: Buffer = Buffer.alloc(0);
  let keptBytes = 0;
  const done = async () => success(undefined);
  return {
    bytes: () => whole,
    kept: () => keptBytes,
    begin(kept) {
      keptBytes = kept;
      whole = Buffer.concat([old.subarray(0, kept), Buffer.alloc(Math.max(0, kept - old.length))]);
      return done();
    },
    write(bytes) {
      whole = Buffer.concat([whole, bytes]);
      return done();
    },
    writeAt(offset, bytes) {
      whole.set(bytes, offset);
      return done();
    },
  };
}
