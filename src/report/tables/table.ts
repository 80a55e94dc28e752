/** Rows that every face can draw. Cells are `visible` already. */
export interface Table {
  /** Says what is counted and how the numbers came to be. */
  readonly title: string;
  readonly columns: readonly TableColumn[];
  readonly rows: readonly (readonly string[])[];
  /** One a row, 0 to 1: drawn as a bar. */
  readonly shares?: readonly number[];
  /** Rows there were before the table was cut. */
  readonly total: number;
  /** Two columns, a name and what it is: read better without a head. */
  readonly pairs?: true;
}

export interface TableColumn {
  readonly title: string;
  /** `code`: a path, a module, a command. `chain`: modules from the first importer to the last. `number`: aligned to the right. */
  readonly kind: 'prose' | 'code' | 'chain' | 'number';
  /** Left out where there is little room. */
  readonly optional?: true;
}

export const prose = (title: string): TableColumn => ({ title, kind: 'prose' });
export const code = (title: string): TableColumn => ({ title, kind: 'code' });
export const chain = (title: string): TableColumn => ({ title, kind: 'chain' });
export const number = (title: string): TableColumn => ({ title, kind: 'number' });

export const optional = (column: TableColumn): TableColumn => ({ ...column, optional: true });

/** Each value as a part of the largest. */
export function sharesOf(values: readonly number[]): number[] {
  const largest = values.reduce((most, value) => Math.max(most, value), 0);
  return values.map((value) => (largest > 0 ? Math.max(0, value) / largest : 0));
}
