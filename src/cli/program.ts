import { Command } from 'commander';
import { VERSION } from '#base';
import type { AddCommand, Context } from './command.ts';
import { addAuditCommand } from './commands/audit.ts';
import { addCalibrateCommand } from './commands/calibrate.ts';
import { addCollectorCommand } from './commands/collector.ts';
import { addDemoCommand } from './commands/demo.ts';
import { addDiffCommand } from './commands/diff.ts';
import { addDoctorCommand } from './commands/doctor.ts';
import { addEnvironmentCommand } from './commands/environment.ts';
import { addExplainCommand } from './commands/explain.ts';
import { addHostCommand } from './commands/host.ts';
import { addLaunchCommand } from './commands/launch.ts';
import { addPackCommand } from './commands/pack.ts';
import { addPlanCommand } from './commands/plan.ts';
import { addReportCommand } from './commands/report.ts';
import { addScaleCommand } from './commands/scale.ts';
import { addSiteCommand } from './commands/site.ts';
import { addVerifyCommand } from './commands/verify.ts';
import { addWhyCommand } from './commands/why.ts';

/** In the order of `--help`. */
const commands: readonly AddCommand[] = [
  addDemoCommand,
  addAuditCommand,
  addDoctorCommand,
  addEnvironmentCommand,
  addWhyCommand,
  addHostCommand,
  addSiteCommand,
  addPlanCommand,
  addCalibrateCommand,
  addScaleCommand,
  addPackCommand,
  addLaunchCommand,
  addVerifyCommand,
  addReportCommand,
  addDiffCommand,
  addExplainCommand,
  addCollectorCommand,
];

/** The whole command line. Commander throws on wrong usage, `pharos.ts` says what it threw. */
export function buildProgram(context: Context): Command {
  const program = new Command('pharos')
    .description(
      'Audits how a Python job starts on a supercomputer, what that costs at scale and why; and says what is plainly wrong with a job step.',
    )
    .version(VERSION, '--version', 'print the version')
    .helpOption('-h, --help', 'print help')
    .helpCommand(false)
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => context.terminal.out.print(text),
      // Wrong usage is said once, by whoever catches it.
      writeErr: () => {},
      getOutHelpWidth: () => 80,
    });
  for (const add of commands) add(program, context);
  return program;
}
