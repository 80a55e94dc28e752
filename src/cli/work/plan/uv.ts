import { spawn } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { failure, type Result, success } from '#base';
import { compareVersions, readVersion } from '#formats/requirement';

/** The first release that has all that is asked of it, of those that were tried: 0.8.24 does not know `--excludes`. */
const OLDEST = '0.9.8';
/** A build of a large package takes long; a program that asks for something would wait for ever. */
const LIMIT_MILLISECONDS = 2 * 60 * 60 * 1000;
const MOST_SAID = 64 * 1024;

/** uv as a program of its own. */
export interface Uv {
  readonly program: string;
  readonly version: string;
}

interface Asked {
  readonly folder: string;
  readonly environment: NodeJS.ProcessEnv;
}

interface Ran {
  readonly status: number | null;
  readonly out: string;
  readonly said: string;
}

/** The end of what was said is what tells. */
const kept = (text: string, piece: Buffer) => (text + piece.toString()).slice(-MOST_SAID);

function start(program: string, words: readonly string[], { folder, environment }: Asked): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(program, words, {
      cwd: folder,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: LIMIT_MILLISECONDS,
    });
    let [out, said] = ['', ''];
    child.stdout.on('data', (piece: Buffer) => {
      out = kept(out, piece);
    });
    child.stderr.on('data', (piece: Buffer) => {
      said = kept(said, piece);
    });
    child.on('error', ({ message }) => resolve({ status: null, out, said: message }));
    child.on('close', (status) => resolve({ status, out, said }));
  });
}

const notFound = (message: string) =>
  failure({
    code: 'cli/no-uv',
    message,
    hint: `Install uv ${OLDEST} or later: pip install uv.`,
  });

function onPath(path: string | undefined): string | undefined {
  const folders = (path ?? '').split(delimiter).filter((folder) => folder !== '');
  return folders
    .map((folder) => join(folder, 'uv'))
    .find((program) => {
      try {
        accessSync(program, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** uv on the path, where it is new enough. */
export async function findUv(environment: NodeJS.ProcessEnv): Promise<Result<Uv>> {
  const program = onPath(environment.PATH);
  if (program === undefined) return notFound('there is no uv on the path');
  const { out } = await start(program, ['--version'], { folder: '/', environment });
  const text = /^uv (\S+)/.exec(out)?.[1] ?? '';
  const [version, oldest] = [readVersion(text), readVersion(OLDEST)];
  if (!version || !oldest) return notFound(`${program} does not tell its version`);
  if (compareVersions(version, oldest) < 0) return notFound(`${program} is of version ${text}`);
  return success({ program, version: text });
}

const ESCAPE = String.fromCharCode(27);

/** Without colours, and what it says of its own progress. */
const plainly = (said: string): string => said.replaceAll(new RegExp(`${ESCAPE}\\[[0-9;]*m`, 'g'), '').trim();

/** What uv says where it cannot: the links of its chain of reasons, else its last lines. */
function reasonOf(said: string): string {
  const lines = plainly(said)
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('warning:'));
  const chain = lines.flatMap((line) => /^(?:error:|×|[├╰]─▶)\s*(.*)$/.exec(line)?.[1] ?? []);
  const [last = ''] = lines.slice(-1);
  return (chain.length > 0 ? [...chain, ...(chain.includes(last) ? [] : [last])] : lines.slice(-3))
    .join('; ')
    .slice(0, 800);
}

/** Runs uv, which never asks a person for anything. */
export async function askUv({ program }: Uv, words: readonly string[], asked: Asked): Promise<Result<string>> {
  const environment = { ...asked.environment, NO_COLOR: '1', UV_NO_PROGRESS: '1' };
  const { status, out, said } = await start(program, words, { ...asked, environment });
  if (status === 0) return success(out);
  return failure({
    code: 'cli/uv',
    message: `uv ${words.slice(0, 2).join(' ')} could not: ${reasonOf(said) || `it ended with ${status}`}`,
  });
}
