import type { Reference } from './rule.ts';

/** Where several rules have their reasons from. */

const RULES_OF_ML =
  'https://dev.to/steminstructor/google-s-machine-learning-crash-course-43-rules-of-machine-learning-summary-2f0p';
const ML_TEST_SCORE =
  'https://research.google.com/pubs/pub45742.html?source=post_page---------------------------';

export const ruleOfMl = (number: number, says: string): Reference => ({
  title: `Rules of Machine Learning, rule ${number}: ${says}`,
  url: RULES_OF_ML,
});

export const mlTestScore = (item: string, says: string): Reference => ({
  title: `The ML Test Score, ${item}: ${says}`,
  url: ML_TEST_SCORE,
});
