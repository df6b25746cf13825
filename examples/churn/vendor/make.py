"""Writes churn.onnx, as if it had been bought: a small logistic model with an input for each feature."""

import pathlib

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

WEIGHTS = {"age": -0.01, "spent_30": -0.01, "orders_90": -0.25, "mood": -0.8}
BIAS = 0.4


def main() -> None:
    nodes, parts = [], []
    for name in WEIGHTS:
        # What is missing counts as nothing.
        nodes.append(helper.make_node("IsNaN", [name], [f"{name}_missing"]))
        nodes.append(helper.make_node("Where", [f"{name}_missing", "zero", name], [f"{name}_filled"]))
        parts.append(f"{name}_filled")
    nodes += [
        helper.make_node("Concat", parts, ["x"], axis=1),
        helper.make_node("Gemm", ["x", "weights", "bias"], ["z"]),
        # A look at both texts, so that the graph has them as inputs: business customers stay.
        helper.make_node("LabelEncoder", ["plan"], ["plan_weight"], domain="ai.onnx.ml",
                         keys_strings=["free", "team", "business"], values_floats=[0.3, 0.0, -0.4]),
        helper.make_node("LabelEncoder", ["country"], ["country_weight"], domain="ai.onnx.ml",
                         keys_strings=["DE"], values_floats=[0.0], default_float=0.05),
        helper.make_node("Sum", ["z", "plan_weight", "country_weight"], ["logit"]),
        helper.make_node("Sigmoid", ["logit"], ["probability"]),
    ]
    column = ["n", 1]
    inputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, column) for name in WEIGHTS]
    inputs += [helper.make_tensor_value_info(name, TensorProto.STRING, column) for name in ("plan", "country")]
    outputs = [helper.make_tensor_value_info("probability", TensorProto.FLOAT, column)]
    constants = {
        "weights": np.array(list(WEIGHTS.values()), dtype=np.float32).reshape(-1, 1),
        "bias": np.array([BIAS], dtype=np.float32),
        "zero": np.array([0], dtype=np.float32),
    }
    graph = helper.make_graph(
        nodes, "churn", inputs, outputs, [numpy_helper.from_array(value, name) for name, value in constants.items()]
    )
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("ai.onnx.ml", 3)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=8, producer_name="vendor")
    checker.check_model(model)
    (pathlib.Path(__file__).parent / "churn.onnx").write_bytes(model.SerializeToString())


main()
