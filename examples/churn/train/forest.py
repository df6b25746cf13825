"""A random forest of scikit-learn, given back as the ONNX graph that scores from then on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
from onnx import ModelProto
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

if TYPE_CHECKING:
    from mlp_types import Feature


def fit(
    x: pd.DataFrame, y: pd.Series[int], features: list[Feature], trees: int, leaf: int, seed: int
) -> ModelProto:
    numbers = [feature["name"] for feature in features if feature["kind"] == "number"]
    texts = [feature["name"] for feature in features if feature["kind"] == "category"]
    # The graph computes with 32 bits; so must the trees, or a value on a threshold goes another way.
    x = x.astype({name: "float32" for name in numbers})
    prepare = ColumnTransformer(
        [
            ("numbers", SimpleImputer(strategy="constant", fill_value=-1.0), numbers),
            ("texts", OneHotEncoder(handle_unknown="ignore", sparse_output=False), texts),
        ]
    )
    forest = RandomForestClassifier(trees, min_samples_leaf=leaf, random_state=seed, n_jobs=-1)
    model = make_pipeline(prepare, forest).fit(x, y)
    inputs = [
        (name, FloatTensorType([None, 1]) if name in numbers else StringTensorType([None, 1])) for name in x.columns
    ]
    return to_onnx(model, initial_types=inputs, options={"zipmap": False})
