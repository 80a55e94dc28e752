import * as z from 'zod';
import { Report } from './report.ts';

/** The report format as JSON Schema (draft 2020-12), for readers that are not us. */
export function reportJsonSchema(): Record<string, unknown> {
  return {
    ...z.toJSONSchema(Report, { target: 'draft-2020-12' }),
    title: 'Pharos report',
    description: 'What the start of a Python job costs, why, and what to do about it.',
  };
}
