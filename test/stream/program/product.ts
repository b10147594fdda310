/** The built package, as a program has it. */
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type * as Public from '../../../kernel/index.ts';
import { ROOT } from '../../support/requirements.ts';

const DIST = process.env['MILLRACE_TEST_DIST'] ?? path.join(ROOT, 'dist');

export const millrace = (await import(pathToFileURL(path.join(DIST, 'index.js')).href)) as typeof Public;

export type Session = ReturnType<typeof millrace.SparkSession.builder.getOrCreate>;
