/** kernel.json, as set-up writes it for .venv/ (before anything is built) and `millrace install` for other places. */

/**
 * `mainFile`: dist/main.js. The flag lets an interrupt end any cell (see ARCHITECTURE.md, Interrupting).
 * @param {string} mainFile
 */
export function kernelspecText(mainFile) {
  const spec = {
    argv: [process.execPath, '--no-force-async-hooks-checks', mainFile, '{connection_file}'],
    display_name: 'Millrace',
    language: 'typescript',
    interrupt_mode: 'message',
    metadata: { debugger: false },
  };
  return `${JSON.stringify(spec, undefined, 2)}\n`;
}
