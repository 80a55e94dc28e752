import type { ComponentChildren } from 'preact';
import { formatCount } from '#base';
import type { Basis } from '#schema';
import { formatBasis } from '../costs.ts';
import type { Table, TableColumn } from '../tables.ts';
import { visible } from '../visible.ts';

/** How much of a report one page shows; a smaller one is tried when the file grows too large. */
export interface Limits {
  readonly rows: number;
  readonly evidenceRows: number;
  readonly evidence: number;
  readonly steps: number;
  readonly findings: number;
  readonly boxes: number;
  readonly audits: number;
  readonly cores: number;
}

/** Words with a slash or in backticks are paths and commands. */
const CODE = /`([^`]+)`|([^\s`"'(]*\/[^\s`"')]*[^\s`"').,;:])/g;

/** A sentence with recorded names in it. */
export function Sentence({ text, most = 1000 }: { text: string; most?: number }) {
  const shown = visible(text, most);
  const parts: ComponentChildren[] = [];
  let end = 0;
  for (const match of shown.matchAll(CODE)) {
    const word = match[1] ?? match[2] ?? '';
    parts.push(shown.slice(end, match.index), /[\w~$.]/.test(word) ? <code>{word}</code> : word);
    end = match.index + match[0].length;
  }
  return (
    <bdi>
      {parts}
      {shown.slice(end)}
    </bdi>
  );
}

export const Code = ({ text, most = 480 }: { text: string; most?: number }) => <code>{visible(text, most)}</code>;

/** `modelled, 25 to 70 s`. */
export function BasisNote({
  basis,
  low,
  high,
  format,
}: {
  basis: Basis;
  low?: number;
  high?: number;
  format: (value: number) => string;
}) {
  const text = low === undefined || high === undefined ? basis : formatBasis(basis, low, high, format);
  return (
    <span class="basis">
      <i class={basis}>{basis}</i>
      {text.slice(basis.length)}
    </span>
  );
}

const CLASS: Record<TableColumn['kind'], string | undefined> = { prose: undefined, code: 'c', chain: 'k', number: 'n' };

const classOf = ({ kind }: TableColumn) => CLASS[kind];
const isCode = ({ kind }: TableColumn) => kind === 'code' || kind === 'chain';

function Cell({
  column,
  text,
  share,
  first,
}: {
  column: TableColumn;
  text: string;
  share?: number | undefined;
  first: boolean;
}) {
  const content = isCode(column) && text !== '' ? <code>{text}</code> : <bdi>{text}</bdi>;
  const bar = share === undefined ? null : <span class="bar" style={`width:${Math.round(share * 100)}%`} />;
  if (!first) return <td class={classOf(column)}>{column.kind === 'number' ? text : content}</td>;
  return (
    <th scope="row" class={classOf(column)}>
      {column.kind === 'number' ? text : content}
      {bar}
    </th>
  );
}

/** The table in a box of its own, so that a wide one scrolls and the page does not. `named`: the title stands above already. */
export function DataTable({ table, most, named = false }: { table: Table; most: number; named?: boolean }) {
  if (table.total === 0) return null;
  const rows = table.rows.slice(0, most);
  const cut = table.total > rows.length ? `${formatCount(rows.length)} of ${formatCount(table.total)} shown` : '';
  const caption = [named ? '' : table.title, cut].filter((each) => each !== '').join('; ');
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable with the keyboard
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    <div class="scroll" tabIndex={0} role="group" aria-label={table.title}>
      <table>
        {caption !== '' && <caption>{caption}</caption>}
        <thead>
          <tr>
            {table.columns.map((column) => (
              <th scope="col" class={classOf(column)}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, index) => (
            <tr>
              {table.columns.map((column, place) => (
                <Cell
                  column={column}
                  text={row[place] ?? ''}
                  first={place === 0}
                  share={place === 0 ? table.shares?.[index] : undefined}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The numbers behind a chart. */
export const Twin = ({ children }: { children: ComponentChildren }) => (
  <details>
    <summary>The same as a table</summary>
    {children}
  </details>
);

export function Section({ id, title, children }: { id: string; title: string; children: ComponentChildren }) {
  return (
    <section aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      {children}
    </section>
  );
}
