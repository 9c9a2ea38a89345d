/**
 * The house rules as data: who may import whom, and which folder owns which third-party package.
 * A type import counts. A folder may always import itself. See ARCHITECTURE.md.
 */
const layers = {
  core: [],
  model: ['core'],
  iso7816: ['core'],
  messages: ['core', 'model'],
  'control-contract': ['core', 'model'],
  history: ['core', 'model'],
  transport: ['core', 'model', 'iso7816'],
  pkcs11: ['core', 'model', 'platform'],
  pki: ['core', 'model'],
  oob: ['core', 'model'],
  platform: ['core', 'model'],
  enrollment: ['core', 'model', 'pki', 'oob'],
  cards: ['core', 'model', 'iso7816', 'transport'],
  tokens: ['core', 'model', 'transport', 'pkcs11', 'pki', 'cards'],
  operations: ['core', 'model', 'pki', 'oob', 'tokens', 'enrollment'],
  verify: ['core', 'model', 'pki', 'oob'],
  daemon: ['core', 'model', 'oob', 'operations', 'control-contract', 'messages'],
  client: ['core', 'model', 'control-contract'],
  doctor: ['core', 'model', 'control-contract'],
  terminal: ['core', 'model', 'messages', 'client', 'control-contract'],
  cli: ['core', 'model', 'messages', 'client', 'control-contract', 'terminal'],
  tui: ['core', 'model', 'messages', 'client', 'control-contract', 'terminal'],
  reference: ['core', 'model', 'messages', 'control-contract', 'cli'],
  sandbox: ['core', 'model', 'iso7816', 'pki', 'oob', 'verify', 'transport'],
  app: ['[^/]+'],
};

/** Packages and Node modules that reach outside the process: the only folders under src that may import each. */
const owners = {
  koffi: ['transport/pcsc', 'platform'],
  pkcs11js: ['pkcs11'],
  jose: ['oob', 'verify', 'sandbox'],
  zod: ['control-contract', 'oob', 'enrollment', 'daemon', 'platform', 'sandbox', 'pkcs11', 'reference'],
  fastify: ['daemon/loopback'],
  commander: ['cli', 'reference'],
  ink: ['tui'],
  react: ['tui'],
  'ical-generator': ['cli'],
  pino: ['app'],
  '@peculiar/[^/]+': ['pki'],
  'reflect-metadata': ['pki'],
};
const nodeOwners = {
  fs: ['platform', 'history', 'app', 'sandbox', 'pkcs11'],
  net: ['client', 'daemon', 'sandbox', 'platform', 'pkcs11'],
  http: ['daemon/loopback', 'platform', 'sandbox', 'verify'],
  https: ['platform', 'verify', 'sandbox'],
  tls: ['platform', 'sandbox'],
  child_process: ['platform', 'app', 'pkcs11'],
};

const layerRules = Object.entries(layers).map(([folder, allowed]) => ({
  name: `layer-${folder}`,
  comment: `src/${folder} may import only itself and: ${allowed.join(', ') || 'nothing'}. Move the code or add a port.`,
  severity: 'error',
  from: { path: `^src/${folder}/` },
  to: { path: '^(src|bin|test|scripts|examples)/', pathNot: `^src/(${[folder, ...allowed].join('|')})/` },
}));

const ownerRules = Object.entries(owners).map(([name, folders]) => ({
  name: `owner-${name.replace(/\W+/g, '-')}`,
  comment: `Only ${folders.join(', ')} may import ${name}: ask that folder through a port.`,
  severity: 'error',
  from: { path: '^(src|bin)/', pathNot: `^src/(${folders.join('|')})/` },
  to: { path: `node_modules/${name}/` },
}));

const nodeRules = Object.entries(nodeOwners).map(([name, folders]) => ({
  name: `node-${name}`,
  comment: `Only ${folders.join(', ')} may import node:${name}.`,
  severity: 'error',
  from: { path: '^(src|bin)/', pathNot: `^src/(${folders.join('|')})/` },
  to: { path: `^(node:)?${name}(/promises)?$`, dependencyTypes: ['core'] },
}));

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle means two files are one: join them, or move what they share down.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'resolvable',
      comment: 'An import that cannot be resolved is a broken build.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'product-not-on-tests',
      comment: 'The product never imports tests, scripts or development packages.',
      severity: 'error',
      from: { path: '^(src|bin)/' },
      to: { path: '^(test|scripts|examples)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'product-not-on-dev-packages',
      comment: 'A package that the product needs belongs in dependencies.',
      severity: 'error',
      from: { path: '^(src|bin)/' },
      to: { dependencyTypes: ['npm-dev'], pathNot: 'node_modules/@types/' },
    },
    {
      name: 'bin-app-only',
      comment: 'bin/ holds shims: they call src/app and set the exit code.',
      severity: 'error',
      from: { path: '^bin/' },
      to: { path: '^src/', pathNot: '^src/app/' },
    },
    {
      name: 'scripts-not-on-source',
      comment: 'Scripts and examples use the built programs and the public entries of the package.',
      severity: 'error',
      from: { path: '^(scripts|examples)/' },
      to: { path: '^(src|bin)/' },
    },
    {
      name: 'layered',
      comment: 'Every folder under src has a line in the layer table.',
      severity: 'error',
      from: { path: '^src/', pathNot: `^src/(${Object.keys(layers).join('|')})/` },
      to: {},
    },
    ...layerRules,
    ...ownerRules,
    ...nodeRules,
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
    },
  },
};
