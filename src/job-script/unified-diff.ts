import { printable } from '#base';
import type { Insertion } from './edit-script.ts';

interface Line {
  readonly mark: ' ' | '-' | '+';
  readonly text: string;
}

const CONTEXT = 3;

/** Each line of the old text with what was put before it or into it. */
function listLines(text: string, insertions: readonly Insertion[]): Line[] {
  const lines: Line[] = [];
  let at = 0;
  for (const old of text.split('\n').slice(0, text.endsWith('\n') ? -1 : undefined)) {
    const end = at + old.length;
    const here = insertions.filter((insertion) => insertion.at >= at && insertion.at <= end);
    const before = here.filter((insertion) => insertion.at === at && insertion.text.endsWith('\n'));
    const within = here.filter((insertion) => !before.includes(insertion));
    for (const { text: added } of before) {
      lines.push(
        ...added
          .slice(0, -1)
          .split('\n')
          .map((line): Line => ({ mark: '+', text: line })),
      );
    }
    if (within.length === 0) lines.push({ mark: ' ', text: old });
    else {
      let changed = old;
      for (const { at: place, text: added } of [...within].reverse()) {
        changed = changed.slice(0, place - at) + added + changed.slice(place - at);
      }
      lines.push({ mark: '-', text: old }, ...changed.split('\n').map((line): Line => ({ mark: '+', text: line })));
    }
    at = end + 1;
  }
  return lines;
}

/** From which to which line the hunks go: changes with their context, together where they touch. */
function listHunks(lines: readonly Line[]): (readonly [from: number, to: number])[] {
  const hunks: [number, number][] = [];
  for (const [index, { mark }] of lines.entries()) {
    if (mark === ' ') continue;
    const from = Math.max(0, index - CONTEXT);
    const to = Math.min(lines.length, index + CONTEXT + 1);
    const last = hunks.at(-1);
    if (last && from <= last[1]) last[1] = to;
    else hunks.push([from, to]);
  }
  return hunks;
}

const count = (lines: readonly Line[], mark: Line['mark']) => lines.filter((line) => line.mark !== mark).length;

/** `@@ -12,4 +15,5 @@`; a side without lines names the line before. */
function range(before: number, lines: number): string {
  const first = lines === 0 ? before : before + 1;
  return lines === 1 ? `${first}` : `${first},${lines}`;
}

/** A tab is kept: the diff is to be applied. */
const shown = (text: string) => text.split('\t').map(printable).join('\t');

/** The edit as `patch` reads it, fit for a terminal. */
export function unifiedDiff(name: string, text: string, insertions: readonly Insertion[]): string {
  const lines = listLines(text, insertions);
  const hunks = listHunks(lines).map(([from, to]) => {
    const [before, hunk] = [lines.slice(0, from), lines.slice(from, to)];
    const old = range(count(before, '+'), count(hunk, '+'));
    const now = range(count(before, '-'), count(hunk, '-'));
    const body = hunk.map((line) => `${line.mark}${shown(line.text)}\n`).join('');
    return `@@ -${old} +${now} @@\n${text.endsWith('\n') || to < lines.length ? body : withoutNewline(hunk, body)}`;
  });
  return `--- ${shown(name)}\n+++ ${shown(name)}\n${hunks.join('')}`;
}

/** Both sides of a last line without a newline say so. */
function withoutNewline(hunk: readonly Line[], body: string): string {
  const mark = '\\ No newline at end of file\n';
  const lines = body.split('\n').slice(0, -1);
  const lastOld = hunk.findLastIndex((line) => line.mark === '-');
  const isChanged = hunk.at(-1)?.mark === '+';
  return lines.map((line, index) => `${line}\n${isChanged && index === lastOld ? mark : ''}`).join('') + mark;
}
