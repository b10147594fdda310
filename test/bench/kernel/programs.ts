/** The same small programs in each kernel's own dialect. */

export interface Programs {
  readonly one: string;
  readonly set: string;
  /** Gives 12345 after `set`. */
  readonly get: string;
  readonly loop: string;
  readonly wait: string;
  /** Computes for a second and a half. */
  readonly spin: string;
  readonly declare: string;
  /** What is completed, after `declare`, and a match that must be among the answers. */
  readonly complete: string;
  readonly match: string;
  /** Shows a display and updates it so often; the last one shows the count. */
  updates(count: number): string;
  /** Writes lines `line 0` … to standard output. */
  lines(count: number): string;
}

const TYPESCRIPT = {
  one: '1+1',
  set: 'var state = 12345; 0',
  get: 'state',
  loop: 'while (true) {}',
  wait: 'await new Promise(r => setTimeout(r, 30000))',
  spin: '{ const t0 = Date.now(); while (Date.now() - t0 < 1500) {} } 0',
  declare: 'let xs: number[] = [1, 2, 3];',
  complete: 'xs.ma',
  match: 'map',
  lines: (count: number) => `for (let i = 0; i < ${count}; i++) console.log('line', i);`,
};

export const MILLRACE: Programs = {
  ...TYPESCRIPT,
  updates: (count) =>
    `{ const h = display(0, { displayId: 'bench' }); for (let i = 1; i <= ${count}; i++) h.update(i); }`,
};

export const DENO: Programs = {
  ...TYPESCRIPT,
  updates: (count) =>
    `for (let i = 0; i <= ${count}; i++) await Deno.jupyter.display({'text/plain': String(i)}, {raw: true, display_id: 'bench', update: i > 0});`,
};

export const TSLAB: Programs = {
  ...TYPESCRIPT,
  updates: (count) =>
    `import * as tslab from 'tslab'; { const d = tslab.newDisplay(); for (let i = 0; i <= ${count}; i++) d.text(String(i)); }`,
};

export const PYTHON: Programs = {
  one: '1+1',
  set: 'state = 12345',
  get: 'state',
  loop: 'while True: pass',
  wait: 'import asyncio\nawait asyncio.sleep(30)',
  spin: 'import time\nt = time.time()\nwhile time.time() - t < 1.5: pass',
  declare: 'xs = [1, 2, 3]',
  complete: 'xs.ap',
  match: 'append',
  updates: (count) =>
    `from IPython.display import display\nh = display(0, display_id='bench')\nfor i in range(1, ${count} + 1): h.update(i)`,
  lines: (count) => `for i in range(${count}): print('line', i)`,
};
