/**
 * What the runs of a session share: the inputs, the servers, which are started when first needed, and what each program
 * leaves in its sink when nobody disturbs it.
 */
import path from 'node:path';
import { runChild } from './child.ts';
import { writeFiles, writeTopic } from './inputs.ts';
import { nameOf, type Assignment, type Program } from './program.ts';
import { lazyServers, type Servers } from './servers.ts';
import { contentOf, makeTarget } from './targets.ts';
import type { Delivered } from './verdict.ts';

export interface StageOptions {
  /** An empty folder. */
  readonly folder: string;
  /** Tells the inputs. */
  readonly seed: number;
  /** A program that does not end by itself in this time hangs. */
  readonly boundMs: number;
}

const UNDISTURBED_BOUNDS = 4;

/** Lifecycle: constructed → used by any number of runs at once → `close`. */
export class Stage {
  readonly folder: string;
  readonly boundMs: number;
  readonly servers: Servers = lazyServers();
  readonly #seed: number;
  readonly #inputs = new Map<string, Promise<string>>();
  readonly #undisturbed = new Map<string, Promise<readonly Delivered[]>>();
  #assignedCount = 0;

  constructor({ folder, seed, boundMs }: StageOptions) {
    this.folder = folder;
    this.boundMs = boundMs;
    this.#seed = seed;
  }

  /** The program with a folder and a sink of its own, both empty. */
  async assign(program: Program): Promise<Assignment> {
    this.#assignedCount += 1;
    const name = `run_${this.#assignedCount}`;
    const input = await this.#inputOf(program);
    const target = await makeTarget(program.sink, name, this.servers);
    return { ...program, folder: path.join(this.folder, name), input, target };
  }

  contentOf(assignment: Assignment): Promise<readonly Delivered[]> {
    return contentOf(assignment, this.servers);
  }

  /** What a run that nobody disturbs leaves in the sink. @throws where the program fails by itself */
  undisturbed({ flaw: _, ...program }: Program): Promise<readonly Delivered[]> {
    return kept(this.#undisturbed, `${nameOf(program)}/${program.batches}`, async () => {
      const assignment = await this.assign(program);
      // No single restart of it takes as long.
      const boundMs = UNDISTURBED_BOUNDS * this.boundMs;
      const { code, errors, hung } = await runChild(assignment, { boundMs });
      if (hung) throw new Error(`${nameOf(program)} does not end undisturbed within ${boundMs / 1000} s: ${errors}`);
      if (code !== 0) throw new Error(`${nameOf(program)} fails undisturbed: ${errors}`);
      return await this.contentOf(assignment);
    });
  }

  async close(): Promise<void> {
    await this.servers.stop();
  }

  #inputOf(program: Program): Promise<string> {
    const { source, batches } = program;
    const name = `input-${source}-${batches}`;
    return kept(this.#inputs, name, async () => {
      switch (source) {
        case 'traffic':
          return String(this.#seed >>> 0);
        case 'files': {
          const folder = path.join(this.folder, name);
          writeFiles(folder, program, this.#seed);
          return folder;
        }
        case 'kafka': {
          const kafka = await this.servers.kafka();
          await writeTopic(kafka, name, program, this.#seed);
          return `${kafka.brokers}/${name}`;
        }
      }
    });
  }
}

function kept<T>(cache: Map<string, Promise<T>>, key: string, make: () => Promise<T>): Promise<T> {
  const found = cache.get(key) ?? make();
  cache.set(key, found);
  return found;
}
