// What commands need to do their work, beyond understanding what was typed. It is built into a module of its own,
// read when a command that needs it runs: `--version` and `explain` do without (docs/decisions/0001).
export { auditCommand, type CommandOptions } from './work/audit-command.ts';
export { auditRecordings } from './work/audit-recordings.ts';
export { type CalibrateOptions, calibrateFiles, calibrateFolder } from './work/calibrate.ts';
export { type DoctorOptions, doctorCommand, doctorRecordings } from './work/doctor.ts';
export { type HostOptions, showHost } from './work/host.ts';
export { mergeSite, type SiteOptions } from './work/merge-site.ts';
export { type PackOptions, pack } from './work/pack.ts';
export { type PlanOptions, planPackagesCommand } from './work/plan/plan-packages-command.ts';
export { runDemo } from './work/run-demo.ts';
export { type ScaleOptions, scaleRecordings } from './work/scale.ts';
export { showDiff } from './work/show-diff.ts';
export { type EnvironmentOptions, showEnvironment } from './work/show-environment.ts';
export { showReport } from './work/show-report.ts';
export { showWhy, type WhyOptions } from './work/show-why.ts';
export { type VerifyOptions, verify } from './work/verify.ts';
export { writeCollector } from './work/write-collector.ts';
export { type LaunchOptions, writeLaunch } from './work/write-launch.ts';
