/** Engine memory and kernels for tests: the module is built when its sources have changed. */
import { readFile } from 'node:fs/promises';
import { buildWasm } from '../../kernel/bin/build-wasm.mjs';
import { compileKernels, createEngineMemory, instantiate } from '../../kernel/workers/instance.ts';
import type { EngineInstance } from '../../kernel/physical/ports.ts';

export async function compiledKernels(): Promise<WebAssembly.Module> {
  return compileKernels(await readFile(await buildWasm()));
}

/** A wasm instance over a memory of its own. */
export async function createTestEngine(maximumBytes = 1024 ** 3): Promise<EngineInstance> {
  return instantiate(await compiledKernels(), createEngineMemory({ maximumBytes }));
}
