// What commands need to do their work, beyond understanding what was typed. It is built into a module of its own,
// read when a command that needs it runs: `--version` and `explain` do without (docs/decisions/0001).
export { auditCommand } from './audit-command.ts';
export { auditRecordings } from './audit-recordings.ts';
export { runDemo } from './run-demo.ts';
export { showDiff } from './show-diff.ts';
export { showReport } from './show-report.ts';
export { writeCollector } from './write-collector.ts';
