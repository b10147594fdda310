/** The text of kernel.json; `mainFile` is dist/main.js. */
export function kernelspecText(mainFile: string): string;
