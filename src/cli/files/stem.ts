import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { fileStem } from '#base';

const PYTHON = /^(python|pypy)[\d.]*t?$/;

/** Options of the interpreter that take a value of their own. */
const WITH_VALUE = /^-[a-zA-Z]*[WX]$/;

/** What `python …` runs: a script, a module, or neither (`-c`, standard input). */
function findScript(args: readonly string[]): string | undefined {
  for (let at = 0; at < args.length; at += 1) {
    const arg = args[at] ?? '';
    if (!arg.startsWith('-')) return arg;
    if (/^-[a-zA-Z]*m$/.test(arg)) return args[at + 1]?.split('.').at(-1);
    if (arg === '-' || /^-[a-zA-Z]*c/.test(arg)) return undefined;
    if (WITH_VALUE.test(arg)) at += 1;
  }
  return undefined;
}

/** The name of the job's script without its folder and end, else `job`. */
export function nameJob(command: readonly string[]): string {
  const python = command.findIndex((word) => PYTHON.test(basename(word)));
  const script = python >= 0 ? findScript(command.slice(python + 1)) : (command.find(isScript) ?? command[0]);
  return fileStem(script ?? '');
}

const isScript = (word: string) => /\.(py|pyw|pyz)$/.test(word);

/** `--out DIR|STEM`: below a folder that is there, else the beginning of the names itself. */
export function placeStem(out: string | undefined, name: string): string {
  if (out === undefined) return name;
  const isFolder = out.endsWith('/') || (existsSync(out) && statSync(out).isDirectory());
  return isFolder ? join(out, name) : out.replace(/\.(pharos|(report|scale)\.\w+)$/, '');
}
