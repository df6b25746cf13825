"""Fits scikit-learn on the columns that the benchmark wrote, and writes scores, times and metrics.

usage: compare.py FOLDER   FOLDER holds job.json, <part>-<feature>.f64 and <part>-<label>.f64; gets <model>.f64.
Prints one JSON object a model: {"model", "fit", "predict", "metrics"}; seconds of wall clock.
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.metrics import average_precision_score, log_loss, mean_absolute_error, r2_score, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

folder = Path(sys.argv[1])
job = json.loads((folder / "job.json").read_text())
numbers = [i for i, kind in enumerate(job["kinds"]) if kind == "number"]
categories = [i for i, kind in enumerate(job["kinds"]) if kind == "category"]


def part(name):
    columns = [np.fromfile(folder / f"{name}-{feature}.f64") for feature in job["features"]]
    return np.stack(columns, axis=1)


def label(name, what):
    return np.fromfile(folder / f"{name}-{what}.f64")


def trees(kind):
    return kind(
        max_iter=job["rounds"],
        max_depth=job["depth"],
        max_leaf_nodes=None,
        learning_rate=job["learning_rate"],
        min_samples_leaf=job["leaf"],
        max_bins=255,
        early_stopping=False,
        categorical_features=categories,
        random_state=job["seed"],
    )


def linear(model):
    encode = ColumnTransformer(
        [("numbers", StandardScaler(), numbers), ("categories", OneHotEncoder(handle_unknown="ignore"), categories)]
    )
    return make_pipeline(encode, model)


models = {
    "gradient_boosting": ("late", lambda: trees(HistGradientBoostingClassifier)),
    "gradient_boosting_minutes": ("minutes", lambda: trees(HistGradientBoostingRegressor)),
    "logistic_regression": ("late", lambda: linear(LogisticRegression(C=1.0, max_iter=1000))),
    "linear_regression": ("minutes", lambda: linear(Ridge(alpha=1.0))),
}
train, test = part("train"), part("test")
for name in job["models"]:
    what, make = models[name]
    model = make()
    began = time.perf_counter()
    model.fit(train, label("train", what))
    fitted = time.perf_counter()
    scores = model.predict_proba(test)[:, 1] if what == "late" else model.predict(test)
    done = time.perf_counter()
    scores.astype("<f8").tofile(folder / f"{name}.f64")
    truth = label("test", what)
    if what == "late":
        metrics = {
            "auc": roc_auc_score(truth, scores),
            "average_precision": average_precision_score(truth, scores),
            "log_loss": log_loss(truth, scores),
        }
    else:
        metrics = {"r2": r2_score(truth, scores), "mae": mean_absolute_error(truth, scores)}
    print(json.dumps({"model": name, "fit": fitted - began, "predict": done - fitted, "metrics": metrics}), flush=True)
