import { metWith } from './at-run-time.ts';

// These are met when a program runs, not when a spec is compiled: the example is a spec that runs.
const spec = `import std.sources { csv }

schema Reading { station: string  celsius: float in -60..60 }

source readings: Reading = csv("data/readings.csv")
`;

const define = metWith(spec);

const listed = (names: readonly string[]): string => names.join(', ');

/** The end of what the code printed, set off below the message. */
const shown = (output: string): string => (output === '' ? '' : `\n${output.replace(/^/gm, '  | ')}`);

/** Messages about the team's own code: codes MLP8801 to MLP8899. They are met when a step runs. */
export const foreignMessages = {
  noPython: define<{ program: string; reason: string }>({
    code: 'MLP8801',
    title: 'no Python',
    message: ({ program, reason }) => `the Python interpreter \`${program}\` ${reason}`,
    hint: () =>
      'install Python 3.10 or newer with its `venv` module, or name another interpreter in the environment variable MLP_PYTHON',
    text: 'Steps with `run python` are carried out by the Python of this machine, in an environment of their own that is made from it.',
  }),
  environmentFailed: define<{ packages: readonly string[]; output: string }>({
    code: 'MLP8802',
    title: 'Python environment that cannot be made',
    message: ({ packages, output }) =>
      `the Python environment of ${packages.join(', ')} cannot be made${shown(output)}`,
    hint: () =>
      'look at the names and versions in `packages`; without a network make it beforehand where there is one: `mlp prepare`',
    text: 'An environment is made once for each set of pinned packages, in `.mlp/python`, and used again. It is made whole or not at all.',
  }),
  unpinned: define<{ package: string }>({
    code: 'MLP8803',
    title: 'package without a version',
    message: ({ package: name }) => `\`packages "${name}"\` names no exact version`,
    hint: ({ package: name }) =>
      `write the version that you tested with: "${name.replace(/[^A-Za-z0-9._[\],-].*$/, '')}==1.2.3"`,
    text: 'What a package does changes from version to version, and with it the result. So each one is pinned with `==`, and a run next year is the run of today.',
  }),
  noCode: define<{ what: string; file: string; suggestion: string | undefined }>({
    code: 'MLP8804',
    title: 'code that is not there',
    message: ({ what, file }) => `${what} runs ${file}, and there is no such file`,
    hint: ({ suggestion }) =>
      suggestion === undefined ? 'the path starts at the project folder' : `did you mean \`${suggestion}\`?`,
    text: 'The path before the colon is a file of the project, the name behind it a function in it: `run python "steps/moods.py:score"`.',
  }),
  badTarget: define<{ what: string; target: string; example: string }>({
    code: 'MLP8805',
    title: 'code that is not named as it must be',
    message: ({ what, target }) => `${what} runs "${target}", which does not say a file and a function`,
    hint: ({ example }) => `write \`${example}\``,
    text: 'Python and TypeScript run a function of a file inside the project: the file relative to the project folder, a colon, the name of the function.',
  }),
  failed: define<{ what: string; how: string; output: string }>({
    code: 'MLP8810',
    title: 'failed code of the team',
    message: ({ what, how, output }) => `${what} ${how}${shown(output)}`,
    text: 'A component, trainer or metric of the team ended with an error of its own. The message shows the exit code or the exception, and the end of what it printed; nothing of its result is kept.',
  }),
  noExport: define<{ name: string; target: string }>({
    code: 'MLP8831',
    title: 'a function that its file does not export',
    message: ({ name, target }) =>
      `${target}, which the function \`${name}\` runs, exports no function of that name`,
    hint: ({ target }) =>
      `write \`export function ${target.split(':').pop()}(…)\` in ${target.replace(/:[^:]*$/, '')}`,
    text: 'A function of the team’s code is a function that a TypeScript or JavaScript file exports. It takes the values of its arguments and gives the result at once; both are held to the types that the spec declares.',
  }),
  notLoaded: define<{ reason: string; files: readonly string[] }>({
    code: 'MLP8832',
    title: 'code of the team that cannot be loaded',
    message: ({ reason, files }) => `the team’s functions in ${listed(files)} cannot be loaded: ${reason}`,
    hint: () =>
      'a file may import files of its own folder and below, by their whole names, and packages that are installed beside the project',
    text: 'The generated program imports the files in which functions of the team’s code stand. A syntax error, a file or package that is not there, or an error while the file is loaded keeps the whole program from being started.',
  }),
  timedOut: define<{ what: string; seconds: number; output: string }>({
    code: 'MLP8811',
    title: 'code of the team past its time-out',
    message: ({ what, seconds, output }) =>
      `${what} was stopped after its time-out of ${seconds} s${shown(output)}`,
    hint: () => 'give it longer with `timeout`, or less to do',
    text: 'A step that takes longer than its `timeout` is stopped with everything that it has started. What it printed last is shown.',
  }),
  tooMuchMemory: define<{ what: string; limit: string; output: string }>({
    code: 'MLP8812',
    title: 'code of the team past its memory',
    message: ({ what, limit, output }) =>
      `${what} was stopped: it held more than ${limit} of memory${shown(output)}`,
    hint: () =>
      'give it more with `resources { memory: 8GiB }`, or let it work in parts: a Python function may yield tables one after the other',
    text: 'A step may hold as much memory as its `resources` say, and without them most of what the machine has. Beyond that it is stopped, before the machine stops something else.',
  }),
  noAnswer: define<{ what: string; how: string; output: string }>({
    code: 'MLP8813',
    title: 'code of the team that ends without an answer',
    message: ({ what, how, output }) => `${what} ${how}${shown(output)}`,
    hint: () =>
      'let the function return what it is declared to make; `sys.exit` and its like end it without a result',
    text: 'The process ended as if all were well, and left no result.',
  }),
  gaveNothing: define<{ what: string; wanted: string; file: string | null }>({
    code: 'MLP8814',
    title: 'code of the team that gives nothing',
    message: ({ what, wanted }) => `${what} gave nothing, and ${wanted} is declared`,
    hint: ({ file }) =>
      file === null
        ? 'is a `return` missing?'
        : `it has to write ${file} into the folder that \`MLP_OUT\` names`,
    text: 'A function that ends without `return` gives nothing, nor does a command or a container that leaves no file of the names that are read. A component may make a table without rows, but it must make one.',
  }),
  badResult: define<{ what: string; wanted: string; reason: string }>({
    code: 'MLP8815',
    title: 'result of the team’s code that cannot be used',
    message: ({ what, wanted, reason }) => `${what} gave what is not ${wanted}: ${reason}`,
    text: 'What crosses the boundary is checked against what the spec declares. A component gives a table, a trainer a model in the ONNX format, a metric a number within its range.',
  }),
  badRows: define<{ what: string; direction: 'gave' | 'was given'; lines: readonly string[]; rows: number }>({
    code: 'MLP8816',
    title: 'rows of a component that break their schema',
    message: ({ what, direction, lines, rows }) =>
      `${what} ${direction} ${rows.toLocaleString('en-US')} ${rows === 1 ? 'row that breaks' : 'rows that break'} the schema:\n  ${lines.join('\n  ')}`,
    hint: () => 'let the code leave such rows out or repair them, or let the schema allow them',
    text: 'The rows that a component takes and makes are held to the declared schemas, both ways: types, ranges, allowed values, patterns, what may be missing, keys, times of arrival. Nothing downstream has to doubt them.',
  }),
  noEngine: define<{ what: string; reason: string }>({
    code: 'MLP8820',
    title: 'no container engine',
    message: ({ what, reason }) => `${what} runs a container, and ${reason}`,
    hint: () =>
      'start docker or podman, or name the program of another engine in the environment variable MLP_CONTAINER_ENGINE',
    text: 'Steps with `run container` are carried out by the container engine of this machine, which must be running.',
  }),
  badSql: define<{ what: string; reason: string }>({
    code: 'MLP8821',
    title: 'SQL of a component that cannot be carried out',
    message: ({ what, reason }) => `${what}: ${reason}`,
    hint: () =>
      "it is one SELECT of DuckDB’s dialect; its inputs are relations by the names of the parameters, other parameters are read with getvariable('name')",
    text: 'A SQL component runs in DuckDB on its inputs alone: it reaches no file, no network and no extension.',
  }),
  noTranspiler: define<{ what: string }>({
    code: 'MLP8822',
    title: 'TypeScript that this Node cannot run',
    message: ({ what }) => `${what} is TypeScript, and this Node does not run it by itself`,
    hint: () =>
      'use Node 22.18 or newer, install mlp-lang beside mlp-runtime, or name the compiled `.js` file',
    text: 'Types are taken off by Node itself where it can, else by the TypeScript that mlp-lang brings.',
  }),
  onnxLoaded: define<{ path: string; reason: string }>({
    code: 'MLP8830',
    title: 'model that cannot be loaded',
    message: ({ path, reason }) => `${path}: ${reason}`,
    text: '`load onnx("…")` reads a model in the ONNX format from a file of the project. Its inputs are matched to the features by name and type before anything is scored.',
  }),
};
