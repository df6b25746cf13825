// The commands in the order of `mlp --help`. Each is a file in `commands/` and, built, a bundle of its own;
// plain JavaScript so that the build script reads the same list.
export const commands = [
  { name: 'check', summary: 'type-check the specs of a project' },
  { name: 'lint', summary: 'look for what is allowed and unwise: check, and the rules of the linter' },
  { name: 'fmt', summary: 'format the specs of a project' },
  { name: 'run', summary: 'run a pipeline, or what one goal needs, on this machine' },
  {
    name: 'features',
    summary: 'fill the online store with what features read, or take features out for a notebook',
  },
  { name: 'serve', summary: 'answer requests with the champion of a model, over HTTP' },
  { name: 'test', summary: "run the specs' test blocks" },
  { name: 'build', summary: 'generate a program, Kubernetes manifests or CI workflows' },
  { name: 'diff', summary: 'compare two versions of the specs: who must do something about each change' },
  { name: 'infer', summary: 'write a schema from a data file, with a profile of it' },
  { name: 'graph', summary: 'show the graph of steps or of values, as text or SVG' },
  {
    name: 'level',
    summary: "tell which of Google's levels of automation a spec reaches, and what comes next",
  },
  { name: 'runs', summary: 'list past runs, or show one' },
  { name: 'models', summary: 'list registered models, or show one with its promotions' },
  { name: 'explain', summary: 'explain an error code, with a wrong and a right example' },
  { name: 'lsp', summary: 'start the language server, for editors' },
  {
    name: 'prepare',
    summary: 'make the Python environments of steps, so that a run needs no network for them',
  },
  { name: 'step', summary: 'run one step on given folders, as a pod or a CI job does' },
  { name: 'debug', summary: 'dump a stage of the compiler: tokens, tree, symbols, plan' },
];
/** Those in the main bundle, which start from the snapshot: `main.ts` and `bin/mlp` name the same ones. */
export const residentNames = ['check', 'lint', 'fmt', 'explain'];
/** Those with a bundle of their own. */
export const commandNames = commands.map(c => c.name).filter(name => !residentNames.includes(name));
