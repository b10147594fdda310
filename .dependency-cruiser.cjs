/**
 * Which room may import which (ARCHITECTURE.md, "Rooms"). The data's way goes one way, and so do the imports.
 * Each rule says why it holds.
 */
const room = (name) => `^kernel/${name}/`;

/** A room, the rooms it may import besides itself and core, and why. */
const allowed = [
  ['core', [], 'core is what everything stands on: it knows nothing of the rooms above.'],
  ['arrow', ['^wasm/abi/'], 'batches are the common currency; they know memory layouts and nothing of plans.'],
  ['expr', [room('arrow')], 'expressions are plain data about types; who evaluates them is decided elsewhere.'],
  [
    'functions',
    [room('expr'), room('arrow'), '^wasm/abi/'],
    'a function brings its own evaluation, and needs no plan.',
  ],
  [
    'plan',
    [room('expr'), room('functions'), room('arrow')],
    'analysis knows functions and types, and not how a plan runs.',
  ],
  [
    'api',
    [room('plan'), room('functions'), room('expr'), room('arrow')],
    'the API runs things through the QueryRunner port, and parses through the SqlParser port.',
  ],
  [
    'sql',
    [room('plan'), room('functions'), room('expr'), room('arrow')],
    'the parser makes plans and knows no session.',
  ],
  [
    'optimizer',
    [room('plan'), room('functions'), room('expr'), room('arrow')],
    'rules rewrite plans; they know no front end and no engine.',
  ],
  [
    'physical',
    [room('plan'), room('functions'), room('expr'), room('arrow'), '^wasm/abi/'],
    'operators run over batches; threads and disks are behind ports.',
  ],
  [
    'workers',
    [room('arrow'), room('physical'), room('connectors/contract'), '^wasm/abi/'],
    'a worker runs what physical describes.',
  ],
  [
    'state',
    [room('arrow'), room('physical'), room('stream'), '^wasm/abi/'],
    'state keeps group tables, and fills the ports that stream defines.',
  ],
  [
    'connectors',
    [room('arrow'), room('functions'), '^wasm/abi/'],
    'a connector turns bytes into batches, whatever the query is.',
  ],
  ['output', [room('arrow'), room('plan')], 'rendering needs rows and progress records, nothing that runs.'],
  [
    'stream',
    [room('physical'), room('arrow'), room('plan'), '^kernel/connectors/contract'],
    'micro-batches drive the executor through its port.',
  ],
  [
    'session',
    [
      room('api'),
      room('sql'),
      room('plan'),
      room('optimizer'),
      room('physical'),
      room('stream'),
      room('output'),
      room('functions'),
      room('expr'),
      room('arrow'),
    ],
    'the session is where the front ends and the engine meet.',
  ],
  ['jupyter', ['^kernel/session/(contract|language-protocol|is-complete)'], 'the transport knows no language.'],
];

const nodeRooms =
  '^kernel/(jupyter|connectors|bin|engine)/|^kernel/[a-z-]+\\.ts$|^kernel/state/disk|^kernel/workers/|^kernel/session/';

module.exports = {
  forbidden: [
    {
      name: 'no-circular',
      comment:
        'A cycle is one room pretending to be two. A grammar and the JSON kernel are mutually recursive by nature.',
      severity: 'error',
      from: { pathNot: '^(wasm|kernel/sql)/' },
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'nothing-imports-test',
      comment: 'Tests stand outside.',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '^test/' },
    },
    {
      name: 'wasm-imports-nothing',
      comment: 'wasm/abi is shared by both sides and stands alone.',
      severity: 'error',
      from: { path: '^wasm/' },
      to: { pathNot: '^wasm/' },
    },
    {
      name: 'node-only-at-the-edges',
      comment: 'The engine itself can run in a browser worker: only the edges touch Node.',
      severity: 'error',
      from: { path: '^kernel/', pathNot: nodeRooms },
      to: { dependencyTypes: ['core'] },
    },
    ...allowed.map(([name, targets, why]) => ({
      name: `${name}-imports`,
      comment: why,
      severity: 'error',
      from: { path: room(name) },
      to: { path: '^(kernel|wasm)/', pathNot: [room(name), room('core'), ...targets] },
    })),
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: { extensions: ['.ts', '.mjs', '.js', '.mts', '.json'] },
  },
};
