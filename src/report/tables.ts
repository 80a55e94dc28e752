export { diffTables, tellDiff } from './tables/diff.ts';
export { evidenceTable } from './tables/evidence.ts';
export { importsTable, importTreeTable } from './tables/imports.ts';
export { causesTable, curveTable, packagesTable, phasesTable, tellCalls } from './tables/measurements.ts';
export { partsTable, paysTable, planTable } from './tables/scale.ts';
export { differenceTables, factTables, masksTable } from './tables/step.ts';
export { differencesTable, environmentTables, ranksTable, removedTable } from './tables/surroundings.ts';
export type { Table, TableColumn } from './tables/table.ts';
