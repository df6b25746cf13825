"""What marketing looks at: how much better than chance the tenth with the highest scores is."""

import numpy as np


def lift_at_tenth(labels: np.ndarray, scores: np.ndarray) -> float | None:
    if labels.sum() == 0 or len(labels) < 10:
        return None
    tenth = np.argsort(-scores, kind="stable")[: len(labels) // 10]
    return float(labels[tenth].mean() / labels.mean())
