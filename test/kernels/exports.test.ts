import { test } from 'node:test';
import assert from 'node:assert/strict';
import ts from 'typescript';
import { compiledKernels } from '../support/engine.ts';

/** The names of the interface `Kernels`, mapped types resolved by the compiler. */
function interfaceNames(): string[] {
  const file = new URL('../../wasm/abi/kernels.ts', import.meta.url).pathname;
  const program = ts.createProgram([file], {
    lib: ['lib.es5.d.ts'],
    types: [],
    allowImportingTsExtensions: true,
    noEmit: true,
  });
  const source = program.getSourceFile(file);
  assert.ok(source);
  const declaration = source.statements.find((s) => ts.isInterfaceDeclaration(s) && s.name.text === 'Kernels');
  assert.ok(declaration);
  const checker = program.getTypeChecker();
  return checker.getPropertiesOfType(checker.getTypeAtLocation(declaration)).map((property) => property.name);
}

test('the module exports what the interface says, and nothing else', async () => {
  const exported = WebAssembly.Module.exports(await compiledKernels())
    .filter((e) => e.kind === 'function')
    .map((e) => e.name);
  assert.deepEqual(exported.sort(), interfaceNames().sort());
});
