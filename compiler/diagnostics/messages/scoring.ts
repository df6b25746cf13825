import { metWith } from './at-run-time.ts';
import { example, MODEL } from './examples.ts';

const define = metWith(example({ model: MODEL }));

const plural = (count: number, one: string, many: string): string => (count === 1 ? one : many);

/** Messages about batch scoring and the sinks that it fills: codes MLP8060 to MLP8069. They are met when a step runs. */
export const scoringMessages = {
  nothingToScore: define<{ deployment: string; outside: number }>({
    code: 'MLP8060',
    title: 'no rows to score',
    message: ({ deployment, outside }) =>
      `deployment ${deployment} has no row to score${outside === 0 ? '' : `: ${outside} ${plural(outside, 'row lies', 'rows lie')} outside the \`where\` of its model`}`,
    hint: () => 'look at the interval (`--from`, `--to`) and at the `where` of the model',
    text: 'A batch deployment scores the rows of its model’s views, those that the `where` of the model is for. An empty result would look like success to who reads the sink, and leave old scores there.',
  }),
  versionUnknown: define<{ step: string; model: string }>({
    code: 'MLP8061',
    title: 'the version that is scored with is not known',
    message: ({ step, model }) => `step ${step} is not told which version of ${model} it scores with`,
    hint: ({ model }) =>
      `write \`"versions": { "${model}": 3 }\` into the parameters file, with the number that \`mlp models\` shows`,
    text: 'Each scored row names the version of the model. The registry numbers the versions, and a step knows no registry: `mlp run` tells it; who starts a step by hand gives the number in its parameters.',
  }),
  noSuchClass: define<{ class: string; model: string; classes: readonly string[] }>({
    code: 'MLP8062',
    title: 'a class that the model does not know',
    message: ({ class: name, model, classes }) =>
      `the sink asks for the probability of ${JSON.stringify(name)}, but the classes of ${model} are ${classes
        .slice(0, 8)
        .map(c => JSON.stringify(c))
        .join(', ')}${classes.length > 8 ? ', …' : ''}`,
    hint: () =>
      'name a column `probability_` and one of these, or declare the label as an enum, so that this is checked before the run',
    text: 'The classes of a text label are those of the training rows, so only the run can tell whether `probability_X` is one of them.',
  }),
  sinkViolations: define<{ sink: string; lines: readonly string[] }>({
    code: 'MLP8063',
    title: 'rows break the schema of the sink',
    message: ({ sink, lines }) => `sink ${sink}: ${lines.join('; ')}`,
    hint: () =>
      'nothing was written; correct the schema of the sink, or the features and the label that it is filled from',
    text: 'Whoever reads a sink relies on its schema, so all rows are held to it before the first is written.',
  }),
  sinkUnwritable: define<{ path: string; reason: string }>({
    code: 'MLP8064',
    title: 'a sink that cannot be written',
    message: ({ path, reason }) => `${path} cannot be written: ${reason}`,
    hint: () =>
      'nothing was written; correct the path or its permissions and run again: what is computed is kept',
    text: 'A file is written under another name beside its place and then renamed, so its folder must be one that can be written.',
  }),
  sinkIsSource: define<{ sink: string; path: string; source: string }>({
    code: 'MLP8065',
    title: 'a sink in the place of a source',
    message: ({ sink, path, source }) =>
      `the sink ${sink} would overwrite ${path}, which the source ${source} is read from`,
    hint: () => 'give the sink a path of its own',
    text: 'A file sink replaces the file at its path. Were that a file that a source reads, the run would destroy its own input.',
  }),
} as const;
