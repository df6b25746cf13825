"""Runs one function of the team: `python harness.py JOB FILE FUNCTION`. Reads job.json, writes the result and answer.json."""

import importlib.util
import inspect
import json
import os
import sys
import traceback

folder = os.path.dirname(os.path.abspath(sys.argv[1]))
code = os.path.abspath(sys.argv[2])


class Failure(Exception):
    def __init__(self, kind, message, error=None):
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.error = error


def die_with_parent():
    """Ends this process group once the process that started it is gone."""
    import signal
    import threading
    import time

    parent = os.getppid()

    def watch():
        while os.getppid() == parent:
            time.sleep(1)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, daemon=True).start()


def place(error):
    """The last line of the team's own files that an exception came through."""
    home = os.path.dirname(code)
    found = None
    for frame in traceback.extract_tb(error.__traceback__):
        file = os.path.abspath(frame.filename)
        if file.startswith(home + os.sep) and "site-packages" not in file:
            found = f"{os.path.relpath(file, os.getcwd())}:{frame.lineno}"
    return found


def show(error):
    """Prints an exception from where it left this file."""
    frames = error.__traceback__
    while frames is not None and frames.tb_frame.f_code.co_filename == __file__:
        frames = frames.tb_next
    traceback.print_exception(error.with_traceback(frames), limit=-8)


def load(name):
    sys.path[0] = os.path.dirname(code)
    module_name = os.path.splitext(os.path.basename(code))[0]
    spec = importlib.util.spec_from_file_location(module_name, code)
    module = importlib.util.module_from_spec(spec)
    sys.modules[module_name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException as error:
        if isinstance(error, SystemExit):
            raise
        raise Failure("import", f"{type(error).__name__}: {error}", error) from error
    function = getattr(module, name, None)
    if not callable(function):
        names = [n for n, v in vars(module).items() if inspect.isfunction(v) and v.__module__ == module_name]
        raise Failure("function", ", ".join(names))
    return function


def read_table(file, wanted):
    """A pandas table, or what the parameter is annotated with: a pyarrow table, or a reader of batches."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if wanted is pa.RecordBatchReader:
        parquet = pq.ParquetFile(file)
        return pa.RecordBatchReader.from_batches(parquet.schema_arrow, parquet.iter_batches())
    table = pq.read_table(file)
    return table if wanted is pa.Table else table.to_pandas()


def call(function, arguments):
    """Calls it with what it takes of the arguments; those it cannot do without must be among them."""
    try:
        signature = inspect.signature(function)
        signature.bind(**arguments)
    except TypeError as error:
        raise Failure("call", str(error)) from error
    try:
        return function(**arguments)
    except SystemExit:
        raise
    except MemoryError as error:
        raise Failure("raised", "MemoryError: there is not enough memory", error) from error
    except BaseException as error:
        raise Failure("raised", f"{type(error).__name__}: {error}", error) from error


def hints(function):
    """Annotations by parameter; one that means nothing while the code runs is left out."""
    found = {}
    for name, hint in getattr(function, "__annotations__", {}).items():
        try:
            found[name] = eval(hint, function.__globals__) if isinstance(hint, str) else hint
        except Exception:
            pass
    return found


def component(job, function):
    kinds = hints(function)
    tables = {name: read_table(file, kinds.get(name)) for name, file in job["inputs"].items()}
    result = call(function, {**tables, **job["args"]})
    if result is None:
        raise Failure("nothing", "")
    file = os.path.join(job["out"], "rows.parquet")
    return {"rows": write_rows(result, file, job["columns"]), "file": "rows.parquet"}


ARROW = {
    "bool": "bool_",
    "int": "int64",
    "duration": "int64",
    "size": "int64",
    "float": "float64",
    "rate": "float64",
    "string": "string",
    "enum": "string",
    "date": "date32",
}


def to_arrow(value, columns):
    """A result, or one part of it, as a pyarrow table. A column that is missing throughout gets its declared type."""
    import pyarrow as pa

    if isinstance(value, list) and (not value or isinstance(value[0], dict)):
        names = [column["name"] for column in columns]
        value = pa.table({name: pa.array([row.get(name) for row in value]) for name in names})
    elif isinstance(value, pa.RecordBatch):
        value = pa.Table.from_batches([value])
    elif hasattr(value, "__dataframe__") and hasattr(value, "columns") and type(value).__module__.startswith("pandas"):
        value = pa.Table.from_pandas(value, preserve_index=False)
    elif not isinstance(value, pa.Table) and hasattr(value, "__arrow_c_stream__"):
        value = pa.table(value)
    if not isinstance(value, pa.Table):
        raise Failure("result", f"it is a {type(value).__name__}, not a table")
    for column in columns:
        place = value.schema.get_field_index(column["name"])
        name = ARROW.get(column["type"])
        if place >= 0 and pa.types.is_null(value.schema.field(place).type) and name:
            value = value.set_column(place, column["name"], pa.nulls(value.num_rows, getattr(pa, name)()))
    return value


def write_rows(result, file, columns):
    """Writes a table, or tables that come one after the other, so that not all rows need be in memory at once."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    parts = [result] if not hasattr(result, "__next__") and not isinstance(result, pa.RecordBatchReader) else result
    writer = None
    rows = 0
    try:
        for part in iterate(parts):
            table = to_arrow(part, columns)
            if writer is None:
                writer = pq.ParquetWriter(file, table.schema, compression="zstd")
            elif table.schema != writer.schema:
                table = table.select(writer.schema.names).cast(writer.schema)
            writer.write_table(table)
            rows += table.num_rows
        if writer is None:
            raise Failure("nothing", "")
    except (pa.ArrowException, KeyError, ValueError, TypeError) as error:
        text = " ".join(str(part) for part in error.args)
        raise Failure("result", text) from error
    finally:
        if writer is not None:
            writer.close()
    return rows


def iterate(parts):
    """The parts, in which the team's own code may still be running."""
    source = iter(parts)
    while True:
        try:
            part = next(source)
        except StopIteration:
            return
        except SystemExit:
            raise
        except BaseException as error:
            raise Failure("raised", f"{type(error).__name__}: {error}", error) from error
        yield part


def model_arguments(job):
    """What a trainer or metric may ask for beside its parameters."""
    model = job["model"]
    return {"seed": job["seed"], "task": model["task"], "classes": model["classes"], "features": model["features"]}


def chosen(function, arguments, offered):
    """The arguments, and of what is offered what the function names."""
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):
        return arguments
    everything = any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters.values())
    return {**{n: v for n, v in offered.items() if everything or n in parameters}, **arguments}


def part(file, job):
    import pyarrow.parquet as pq

    table = pq.read_table(file).to_pandas()
    y = table.pop(job["model"]["label"])
    return table, y


def trainer(job, function):
    x, y = part(job["inputs"]["train"], job)
    held = job["inputs"].get("validation")
    validation = part(held, job) if held else None
    offered = {"x": x, "y": y, "validation": validation, **model_arguments(job)}
    result = call(function, chosen(function, job["args"], offered))
    if result is None:
        raise Failure("nothing", "")
    if hasattr(result, "SerializeToString"):
        result = result.SerializeToString()
    elif isinstance(result, (str, os.PathLike)):
        try:
            with open(result, "rb") as file:
                result = file.read()
        except OSError as error:
            raise Failure("result", f"{os.fspath(result)!r} cannot be read: {error.strerror}") from error
    if not isinstance(result, (bytes, bytearray)):
        advice = "convert it, for example with to_onnx of skl2onnx" if hasattr(result, "predict") else "return bytes, a path or an onnx.ModelProto"
        raise Failure("result", f"it is a {type(result).__name__}; {advice}")
    with open(os.path.join(job["out"], "model.onnx"), "wb") as file:
        file.write(result)
    return {}


def metric(job, function):
    import numpy as np
    import pyarrow.parquet as pq

    table = pq.read_table(job["inputs"]["measurements"])
    number = table["measurement"].to_numpy()
    labels = table["label"].to_numpy()
    scores = [table[name].to_numpy() for name in table.column_names if name.startswith("score")]
    scores = scores[0] if len(scores) == 1 else np.column_stack(scores)
    ends = np.searchsorted(number, np.arange(job["measurements"]), side="right")
    offered = {"threshold": job["args"].get("threshold"), **model_arguments(job)}
    declared = {name: value for name, value in job["args"].items() if name != "threshold"}
    values = []
    start = 0
    for end in ends:
        arguments = {"labels": labels[start:end], "scores": scores[start:end], **declared}
        value = call(function, chosen(function, arguments, offered))
        values.append(None if value is None else as_number(value))
        start = end
    with open(os.path.join(job["out"], "values.json"), "w", encoding="utf-8") as file:
        json.dump(values, file)
    return {}


def as_number(value):
    """A float; None for what is no number, as a metric may be undefined on some rows."""
    try:
        number = float(value)
    except (TypeError, ValueError) as error:
        raise Failure("result", f"it is a {type(value).__name__}, not a number") from error
    return number if number == number else None


KINDS = {"component": component, "trainer": trainer, "metric": metric}


def main():
    die_with_parent()
    with open(sys.argv[1], encoding="utf-8") as file:
        job = json.load(file)
    try:
        answer = {"status": "done", **KINDS[job["kind"]](job, load(sys.argv[3]))}
    except Failure as failure:
        where = None
        if failure.error is not None:
            where = place(failure.error)
            show(failure.error)
        answer = {"status": "failed", "kind": failure.kind, "message": failure.message, "where": where}
    except OSError as error:
        if error.errno != 28:
            raise
        answer = {"status": "failed", "kind": "disk", "message": str(error), "where": None}
    partial = os.path.join(folder, "answer.json.partial")
    with open(partial, "w", encoding="utf-8") as file:
        json.dump({"version": "answer/1", **answer}, file)
    os.replace(partial, os.path.join(folder, "answer.json"))


main()
