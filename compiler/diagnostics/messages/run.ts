import { metWith } from './at-run-time.ts';

// These are met when a program runs, not when a spec is compiled: the example is a spec that runs.
const spec = `import std.sources { csv }

schema Reading { station: string  celsius: float in -60..60 }

source readings: Reading = csv("data/readings.csv")
`;

const define = metWith(spec);

const listed = (names: readonly string[], none: string): string =>
  names.length > 0 ? names.join(', ') : none;

/** Messages of the engine, the store and the learning steps: codes MLP8501 to MLP8599. They are met when a program runs. */
export const runMessages = {
  notToServe: define<{ deployment: string; model: string; version: number; why: string }>({
    code: 'MLP8551',
    title: 'a version that may not serve yet',
    message: ({ deployment, model, version, why }) =>
      `${deployment} does not score with version ${version} of ${model}: it ${why}`,
    hint: () => 'then run again: everything up to here is kept',
    text: 'A batch deployment scores with the version that its run has trained and its gate let pass. Where the gate asks for an approval, or somebody took the version back by hand, that decision comes first.',
  }),
  storeTooNew: define<{ folder: string; reason: string }>({
    code: 'MLP8501',
    title: 'store of a newer mlp',
    message: ({ folder, reason }) => `the store ${folder} was written by a newer mlp: ${reason}`,
    hint: () => 'use that version of mlp, or another project folder',
    text: 'The store in `.mlp` has a version; a program never writes into a store that a later one has changed.',
  }),
  storeDamaged: define<{ file: string }>({
    code: 'MLP8502',
    title: 'damaged store',
    message: ({ file }) => `the store's file ${file} is damaged`,
    hint: () =>
      'restore it from a backup, or move the folder .mlp away: the next run makes a new one and computes everything again',
    text: 'The file that holds runs, registry and promotion log is not a database any more. A killed run does not do this; a failing disk or another program does.',
  }),
  storeUnwritable: define<{ folder: string; reason: string }>({
    code: 'MLP8503',
    title: 'store cannot be written',
    message: ({ folder, reason }) => `the store ${folder} cannot be written (${reason})`,
    hint: () =>
      'make the project folder writable, or free some space: `mlp runs --gc` removes what no run needs',
    text: "Artifacts and records are kept in the project's `.mlp` folder, which must be writable and have room.",
  }),
  badDocument: define<{ where: string; what: string }>({
    code: 'MLP8510',
    title: 'malformed document',
    message: ({ where, what }) => `${where} ${what}`,
    hint: () => 'it was written by another version of mlp, or changed by hand',
    text: 'Steps exchange small JSON documents (parameters, results, metrics, verdicts), each checked against its schema when it is read.',
  }),
  missingInput: define<{ step: string; input: string; from: string; output: string }>({
    code: 'MLP8511',
    title: 'missing input of a step',
    message: ({ step, input }) => `step ${step} is not given its input ${input}`,
    hint: ({ from, output, input }) =>
      `put the output ${output} of step ${from} into the input folder, as ${input}`,
    text: '`mlp step` reads each input artifact from the folder of its name below `--in`.',
  }),
  unknownStep: define<{ step: string; steps: readonly string[] }>({
    code: 'MLP8512',
    title: 'unknown step',
    message: ({ step }) => `there is no step ${step}`,
    hint: ({ steps }) => `the steps are ${listed(steps, 'none')}`,
    text: 'A step is named by its kind and its declaration: `train-lateness`. `mlp graph` lists them.',
  }),
  unknownGoal: define<{ goal: string; near: string | undefined; goals: readonly string[] }>({
    code: 'MLP8513',
    title: 'unknown goal',
    message: ({ goal }) => `there is nothing called \`${goal}\` to run`,
    hint: ({ near, goals }) => {
      const all =
        goals.length > 0
          ? `a goal is one of ${goals.join(', ')}, or a step's name`
          : 'the spec declares nothing to run';
      return near === undefined ? all : `did you mean \`${near}\`? (${all})`;
    },
    text: 'A goal is the name of a model, a view, a validation, a source, a pipeline or a step; what it needs is run with it.',
  }),
  unknownModel: define<{ model: string; models: readonly string[] }>({
    code: 'MLP8514',
    title: 'unknown model',
    message: ({ model }) => `there is no model \`${model}\` to try parameters with`,
    hint: ({ models }) => `the models are ${listed(models, 'none')}`,
    text: '`--try model.depth=8` replaces a parameter of a model that the spec declares, for one run.',
  }),
  notTrained: define<{ model: string; loaded: boolean }>({
    code: 'MLP8517',
    title: 'parameters for what is not trained',
    message: ({ model, loaded }) =>
      loaded
        ? `\`${model}\` is loaded and not trained, so there are no parameters to try`
        : `what the goal needs does not train \`${model}\`, so its parameters would change nothing`,
    hint: ({ model, loaded }) =>
      loaded
        ? `leave \`--try ${model}.…\` out`
        : `leave \`--try ${model}.…\` out, or run \`mlp run ${model}\``,
    text: '`--try model.depth=8` replaces a parameter of the trainer of a model that this very run trains.',
  }),
  unknownParameter: define<{
    model: string;
    trainer: string;
    name: string;
    known: readonly string[];
    near: string | undefined;
  }>({
    code: 'MLP8518',
    title: 'unknown parameter to try',
    message: ({ model, trainer, name }) =>
      `\`${trainer}\`, the trainer of \`${model}\`, has no parameter \`${name}\``,
    hint: ({ near, known }) => {
      const all = known.length > 0 ? `it takes ${listed(known, '')}` : 'it takes none';
      return near === undefined ? all : `did you mean \`${near}\`? (${all})`;
    },
    text: '`--try model.depth=8` replaces a parameter that the trainer declares, within its range.',
  }),
  badPlan: define<{ reason: string }>({
    code: 'MLP8515',
    title: 'malformed plan',
    message: ({ reason }) => `the program's plan is not a plan/1 document: ${reason}`,
    hint: () => 'build the program again with `mlp build --target typescript`',
    text: 'A generated program carries its plan, which is checked against its schema before anything runs.',
  }),
  badPromotion: define<{
    model: string;
    version: number;
    environment: string;
    alias: string;
    versions: readonly number[];
  }>({
    code: 'MLP8516',
    title: 'promotion that cannot be',
    message: ({ model, version, environment, alias, versions }) =>
      versions.includes(version)
        ? `version ${version} of ${model} is ${alias} already`
        : `${model} has no version ${version} in ${environment}`,
    hint: ({ model, version, versions }) =>
      versions.includes(version)
        ? undefined
        : `of ${model} there is ${listed(versions.map(String), 'no version')}`,
    text: 'An alias such as `champion` can be pointed at any registered version of the model in the same environment.',
  }),
  notHere: define<{ what: string }>({
    code: 'MLP8520',
    title: 'not carried out on this machine',
    message: ({ what }) => `${what}, which the local runtime does not carry out`,
    text: 'The local runtime computes on processors. What a goal needs is looked at before anything runs, so that no half of the work is done in vain; what lies beyond the goal does not matter. What no target of this version carries out yet has codes of its own: MLP6501 and MLP6503.',
  }),
  trainedElsewhere: define<{ model: string; environment: string; home: string }>({
    code: 'MLP8521',
    title: 'model that is trained elsewhere',
    message: ({ model, environment, home }) =>
      `in ${environment} models are promoted from ${home}, so ${model} is not trained there`,
    hint: ({ model, home }) => `run it there: \`mlp run ${model} --env ${home}\``,
    text: 'An environment says `models trained here` or `models promoted from` another. Training where models are only promoted to would put an untested one in production.',
  }),
  crashed: define<{ step: string; how: string; output: string; memory: boolean }>({
    code: 'MLP8530',
    title: 'crashed step',
    message: ({ step, how, output }) => `the process of step ${step} ${how}${output ? `: ${output}` : ''}`,
    hint: ({ memory }) =>
      memory
        ? 'it probably ran out of memory: give the machine more, or sample the training rows with `sample N rows`'
        : 'MLP_DEBUG=1 shows what it printed',
    text: 'Each step runs in a process of its own. One that is killed by the system, most often for want of memory, fails alone; the run and its results stay.',
  }),
  timedOut: define<{ step: string; seconds: number }>({
    code: 'MLP8531',
    title: 'step past its time-out',
    message: ({ step, seconds }) =>
      `step ${step} was not done within its time-out of ${seconds} s and was stopped`,
    hint: () => 'give its declaration a longer `timeout`, or less to do',
    text: 'A declaration with `timeout` has its steps killed when the time is over; nothing of a killed step is kept.',
  }),
  pipelineTimedOut: define<{ pipeline: string; seconds: number }>({
    code: 'MLP8533',
    title: 'pipeline past its time-out',
    message: ({ pipeline, seconds }) =>
      `the run of ${pipeline} was not done within its time-out of ${seconds} s and was stopped`,
    hint: () => 'run it again: it goes on from what is done. Or give the pipeline a longer `timeout`',
    text: 'A pipeline with `timeout` has its run stopped when the time is over. Steps that were done are kept, those under way are not.',
  }),
  overBudget: define<{ pipeline: string; spent: string; budget: string }>({
    code: 'MLP8534',
    title: 'pipeline beyond its budget',
    message: ({ pipeline, spent, budget }) =>
      `the run of ${pipeline} has taken ${spent} of processor time, more than its budget of ${budget}, and was stopped`,
    hint: () => 'give the pipeline a larger `budget`, or its steps less to do: fewer trials, a `sample`',
    text: 'A pipeline with `budget` has its run stopped when its steps together have taken more processor time, over all cores. Steps that were done are kept.',
  }),
  skipped: define<{ pipeline: string; run: string }>({
    code: 'MLP8535',
    title: 'pipeline that is running already',
    message: ({ pipeline, run }) => `nothing was run: ${pipeline} is running already, as ${run}`,
    hint: () => '`concurrency queue` would wait for it, `concurrency replace` would end it',
    text: 'A pipeline with `concurrency skip` is not begun while another run of it is under way in the same environment.',
  }),
  stoppedWaiting: define<{ pipeline: string; run: string }>({
    code: 'MLP8536',
    title: 'run that was waiting',
    message: ({ pipeline, run }) => `nothing was run: it was cancelled while ${pipeline} waited for ${run}`,
    text: 'Runs of one pipeline wait for each other, unless its `concurrency` says `skip` or `replace`.',
  }),
  changedSource: define<{ source: string }>({
    code: 'MLP8532',
    title: 'source changed while it was read',
    message: ({ source }) => `the files of \`${source}\` changed while they were read`,
    hint: () => 'run again when what writes them is done',
    text: 'A run is repeatable because it knows what exactly it read. Files that change meanwhile are neither the old nor the new data.',
  }),
  training: define<{ reason: string }>({
    code: 'MLP8540',
    title: 'training that cannot be',
    message: ({ reason }) => reason,
    text: 'The trainer or a metric refuses the rows or the parameters it was given; the message says which.',
  }),
  tunedBlind: define<{ model: string }>({
    code: 'MLP8541',
    title: 'tuning without validation part',
    message: ({ model }) => `${model} is tuned, and its split has no validation part to judge by`,
    hint: () => 'declare one: `split by … { train 70%  validation 15%  test 15% }`',
    text: 'Trials are compared on the validation part: never on the test part, which would make its metrics too good.',
  }),
  unknownSlice: define<{ by: readonly string[]; column: string }>({
    code: 'MLP8542',
    title: 'slice without a column',
    message: ({ by, column }) => `\`for each ${by.join(', ')}\`: the test rows have no column \`${column}\``,
    hint: ({ by }) =>
      `list it among the slices: \`evaluate … by ${by.length > 1 ? `(${by.join(', ')})` : by[0]}\``,
    text: "A gate judges slices by the model's features and by the columns that `evaluate … by` names.",
  }),
  metricArgument: define<{ metric: string; argument: string }>({
    code: 'MLP8543',
    title: 'argument of a metric',
    message: ({ metric, argument }) => `metric ${metric} takes no argument ${argument} in this runtime yet`,
    text: 'The built-in metrics take no argument but `threshold`.',
  }),
  gateExpression: define<{ what: string }>({
    code: 'MLP8544',
    title: 'gate that cannot be judged',
    message: ({ what }) => `a gate cannot use ${what} in this runtime yet`,
    text: 'A gate compares metrics by arithmetic, comparison and logic; other functions come later.',
  }),
  gateRefused: define<{ model: string; failed: number; rules: number; lines: readonly string[] }>({
    code: 'MLP8550',
    title: 'refused by the gate',
    message: ({ model, failed, rules }) =>
      `the gate of ${model} refuses it: ${failed} of ${rules} rules ${failed === 1 ? 'does' : 'do'} not hold`,
    hint: ({ lines }) => lines.join('; '),
    text: 'Every `require` of `promote` must hold. A metric that is undefined, a champion that cannot be scored, a slice that none is large enough for: each is a failure, never a pass. The model stays in the store, unregistered.',
  }),
  testWithoutRow: define<{ view: string }>({
    code: 'MLP8560',
    title: 'test without a row',
    message: ({ view }) => `the test gives no row of ${view}`,
    hint: () => 'write `given { column: value, … }`',
    text: 'The features of a view are computed for one row, which the test gives; rows of other tables stand beside it.',
  }),
  testMoment: define<{ view: string; grain: string | null }>({
    code: 'MLP8561',
    title: 'moment of a test',
    message: ({ view, grain }) =>
      grain === null
        ? `the moment of a prediction is the row's own in ${view}: leave \`at\` out`
        : `${view} has a row for each ${grain}: say which with \`at 2024-03-05\``,
    text: 'A view at a column takes the moment of prediction from the row; a view for each day, hour, week or month has many rows of one entity, so the test says which.',
  }),
  testWithoutResult: define<{ view: string }>({
    code: 'MLP8562',
    title: 'row of a test that makes no row of the view',
    message: ({ view }) => `the row gives no row of ${view} at its moment`,
    hint: () =>
      'an entity is there from its event time on, and to the end of the data: choose a moment in between',
    text: 'A view for each day begins with the day after the entity appears.',
  }),
  broken: define<{ reason: string }>({
    code: 'MLP8599',
    title: 'fault of mlp',
    message: ({ reason }) => `the step broke: ${reason}`,
    hint: () => 'this is a fault of mlp; MLP_DEBUG=1 shows where',
    text: 'Something happened that the program did not expect. Please report it with what MLP_DEBUG=1 prints.',
  }),
} as const;
