#!/usr/bin/env python3
"""Writes manifest.json and proof.json for a paperdesk package, by your own Python code.

The proof holds, for a few windows of your candles, what your code computes: features, scaled row, quantiles,
observation, action. paperdesk computes the same at upload and says where it differs, before the package is stored.

It imports your modules from the current folder, and reads the files you name; it follows no path inside them. The
pickles you name (scaler, VecNormalize, policy) are loaded by their own libraries, so name only files you trust.

Example:
  python3 make_proof.py --out upload --pipeline-args pipeline_args.json --scaler scaler.pkl \\
      --features my_features:build --candles candles.csv --funding funding.csv \\
      --state-dict forecast_model.pt --policy ppo_policy_final.zip --vec-normalize vecnormalize.pkl
  curl -F name=mine -F forecast_model=@forecast_model.pt -F ppo_model=@ppo_policy_final.zip -F scaler=@scaler.pkl \\
      -F vec_normalize=@vecnormalize.pkl -F manifest=@upload/manifest.json -F proof=@upload/proof.json \\
      http://127.0.0.1:6300/model-packages/upload

Without --features only manifest.json is written. Every later step is optional: the proof has the quantities that the
given options can compute. The actions are those for an account without lots. Needs Python 3.8, numpy and pandas; torch
1.13 or newer for a forecaster, stable-baselines3 for --policy and --vec-normalize.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import json
import os
import pickle
import sys
from pathlib import Path
from typing import Any, Callable, Dict, List, Mapping, Optional, Sequence

import numpy as np
import pandas as pd

FORMAT = "paperdesk-proof/1"
MAX_BYTES = 16 * 2**20
CANDLE_COLUMNS = ["open_time_ms", "open", "high", "low", "close", "volume"]
FUNDING_COLUMNS = ["time_ms", "rate"]
#: Names of these columns in other files; the first that is there is taken.
OTHER_NAMES = [
    ("open_time", "open_time_ms"), ("timestamp", "open_time_ms"), ("time", "open_time_ms"),
    ("funding_time", "time_ms"), ("fundingTime", "time_ms"), ("timestamp", "time_ms"), ("time", "time_ms"),
    ("funding_rate", "rate"), ("fundingRate", "rate"),
]
BLOCKS = ["core", "forecast", "account"]
TIMEFRAME_MINUTES = {"5m": 5, "15m": 15, "30m": 30, "1h": 60, "2h": 120, "4h": 240}
FUNDING_LEAD_MS = 24 * 3_600_000
#: Buffers that a state dict may have beside the weights.
IGNORED_BUFFERS = {"n_averaged", "quantiles"}

Manifest = Dict[str, Any]
Transform = Callable[[pd.DataFrame], np.ndarray]


class Problem(Exception):
    """Something to tell the user in a sentence."""


# ---------------------------------------------------------------------------------------------------------------------
# Libraries, modules and files of the user


def library(name: str, install: str, purpose: str) -> Any:
    """Imports a library that only some options need."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise Problem(f"{purpose} needs {install}, which cannot be imported ({error}). Try: pip install {install}")


def user_object(reference: str, option: str) -> Any:
    """What `module:name` names; the module is found from the current folder."""
    module_name, _, name = reference.partition(":")
    if not module_name or not name:
        raise Problem(f"{option} {reference} is not of the form module:name.")
    try:
        module = importlib.import_module(module_name)
    except ModuleNotFoundError as error:
        if error.name != module_name.split(".")[0]:
            raise
        raise Problem(f"{option}: there is no module {module_name} in {os.getcwd()} or among the installed ones.")
    if not hasattr(module, name):
        raise Problem(f"{option}: the module {module_name} has no {name}.")
    return getattr(module, name)


def read_json(path: Path) -> Any:
    """The content of a JSON file."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Problem(f"{path} cannot be read as JSON: {error}")


def read_table(path: Path, columns: Sequence[str]) -> pd.DataFrame:
    """A CSV with a header, or a parquet file; the columns in this order, the first one a time in ms, ascending."""
    try:
        table = pd.read_parquet(path) if path.suffix == ".parquet" else pd.read_csv(path)
    except (OSError, ValueError, ImportError) as error:
        raise Problem(f"{path} cannot be read: {error}")
    table = table.reset_index() if isinstance(table.index, pd.DatetimeIndex) else table
    for other, name in OTHER_NAMES:
        if name in columns and name not in table.columns:
            table = table.rename(columns={other: name})
    missing = [name for name in columns if name not in table.columns]
    if missing:
        raise Problem(f"{path} has no column {missing[0]}; it needs a header with {', '.join(columns)}.")
    table = table[list(columns)].copy()
    table[columns[0]] = milliseconds(table[columns[0]], f"{columns[0]} of {path}")
    table[list(columns[1:])] = table[list(columns[1:])].astype(float)
    if not table[columns[0]].is_monotonic_increasing or table[columns[0]].duplicated().any():
        raise Problem(f"{path} must be in ascending order of {columns[0]}, without duplicates.")
    return table.reset_index(drop=True)


def milliseconds(times: pd.Series, what: str) -> pd.Series:
    """Times as whole milliseconds since 1970; `what` names them in errors."""
    if not pd.api.types.is_numeric_dtype(times):
        moments = pd.to_datetime(times, utc=True)
        return (moments - pd.Timestamp(0, tz="UTC")) // pd.Timedelta(milliseconds=1)
    if len(times) > 0 and not 10**11 <= times.iloc[0] < 10**14:
        raise Problem(f"{what}: {times.iloc[0]} is not a time in milliseconds since 1970.")
    return times.astype("int64")


# ---------------------------------------------------------------------------------------------------------------------
# Manifest


def make_manifest(options: argparse.Namespace, scaler: Optional["Scaler"]) -> Manifest:
    """What the training code left, then what the options say."""
    manifest: Manifest = {}
    if options.pipeline_args is not None:
        left = read_json(options.pipeline_args)
        if not isinstance(left, dict):
            raise Problem(f"{options.pipeline_args} is not a JSON object.")
        manifest.update({field: value for field, value in left.items() if field == "symbol" or not is_path(value)})
    for assignment in options.set:
        field, _, text = assignment.partition("=")
        if not field or not text:
            raise Problem(f"--set {assignment} is not of the form field=value.")
        manifest[field] = json_or_text(text)
    if options.lookback is not None:
        manifest["lookback_steps"] = options.lookback
    if options.history is not None:
        manifest["history_candles"] = options.history
    if options.trials is not None:
        manifest["trials"] = options.trials
    if options.feature_order is not None:
        manifest["feature_order"] = feature_order(options.feature_order)
    if scaler is not None and scaler.names is not None:
        if manifest.setdefault("feature_order", scaler.names) != scaler.names:
            raise Problem("The scaler was fitted on other columns, or in another order, than the feature order says.")
    return manifest


def is_path(value: Any) -> bool:
    """Paths of the training machine mean nothing elsewhere."""
    return isinstance(value, str) and ("/" in value or "\\" in value)


def json_or_text(text: str) -> Any:
    """A JSON value, or the text itself where it is none."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def feature_order(given: str) -> List[str]:
    """Names separated by commas, or a file with a JSON list."""
    if not given.endswith(".json"):
        return [name.strip() for name in given.split(",")]
    names = read_json(Path(given))
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise Problem(f"{given} is not a list of names.")
    return names


def forecast_definition(manifest: Manifest, horizon: int) -> str:
    """`steps` or `fractions`, by the rule of paperdesk where the manifest does not say it."""
    declared = manifest.get("forecast_features")
    if declared is not None:
        return str(declared)
    return "fractions" if "pipeline_version" in manifest or horizon != 192 else "steps"


# ---------------------------------------------------------------------------------------------------------------------
# The steps of a decision


class Scaler:
    """A fitted StandardScaler of scikit-learn, or the JSON {feature_order, mean, scale}."""

    def __init__(self, path: Path) -> None:
        self.path = path
        content = path.read_bytes()[:64].lstrip() if path.exists() else b""
        if content.startswith(b"{"):
            document = read_json(path)
            if "mean" not in document or "scale" not in document:
                raise Problem(f"--scaler {path} has no mean and scale.")
            mean, scale = np.array(document["mean"], float), np.array(document["scale"], float)
            self.names: Optional[List[str]] = document.get("feature_order")
            self.transform: Transform = lambda rows: (rows.to_numpy(float) - mean) / scale
            return
        try:
            fitted = library("joblib", "scikit-learn", "--scaler").load(path)
        except (OSError, pickle.UnpicklingError, ImportError, KeyError, EOFError) as error:
            raise Problem(f"--scaler {path} cannot be loaded: {error}")
        names = getattr(fitted, "feature_names_in_", None)
        self.names = None if names is None else [str(name) for name in names]
        # A scaler that knows its columns compares them with those of a DataFrame.
        self.transform = lambda rows: np.asarray(fitted.transform(rows if names is not None else rows.to_numpy(float)))


def reference_forecaster(state: Mapping[str, Any], lookback: int, stride: Optional[int], heads: int) -> Any:
    """The PatchTST that paperdesk computes, with the sizes of this state dict."""
    torch = library("torch", "torch", "--state-dict")
    nn = torch.nn

    class PatchTST(nn.Module):
        def __init__(
            self, features, horizon, lookback, patch_len, stride, d_model, heads, layers, feed_forward, hidden
        ):
            super().__init__()
            self.features, self.horizon, self.d_model = features, horizon, d_model
            self.patch_len, self.stride = patch_len, stride
            self.patches = (lookback - patch_len) // stride + 1
            self.patch_embed = nn.Module()
            self.patch_embed.project = nn.Linear(patch_len, d_model)
            self.pos_embed = nn.Parameter(torch.zeros(1, 1, self.patches, d_model))
            layer = nn.TransformerEncoderLayer(
                d_model, heads, feed_forward, dropout=0.1, activation="relu", batch_first=True, norm_first=True
            )
            self.encoder = nn.TransformerEncoder(layer, layers)  # without a norm after the last layer
            self.head = nn.Sequential(
                nn.Flatten(),
                nn.Linear(features * self.patches * d_model, hidden),
                nn.GELU(),  # exact, not the tanh approximation
                nn.Dropout(0.1),
                nn.Linear(hidden, horizon * 3),
            )

        def forward(self, x):  # [batch, lookback, features] scaled, oldest first
            patches = x.transpose(1, 2).unfold(-1, self.patch_len, self.stride)
            tokens = self.patch_embed.project(patches) + self.pos_embed
            tokens = self.encoder(tokens.reshape(-1, self.patches, self.d_model))  # each feature is a sequence
            tokens = tokens.reshape(-1, self.features, self.patches, self.d_model)
            return self.head(tokens).reshape(-1, self.horizon, 3)  # low, mid, high of ln(close[t+h]/close[t])

    try:
        d_model, patch_len = state["patch_embed.project.weight"].shape
        patches = state["pos_embed"].shape[2]
        feed_forward = state["encoder.layers.0.linear1.weight"].shape[0]
        hidden, inputs = state["head.1.weight"].shape
        outputs = state["head.4.weight"].shape[0]
    except KeyError as error:
        raise Problem(f"The state dict has no {error}; name a class that can load it with --forecaster module:name.")
    layers = 1 + max(int(key.split(".")[2]) for key in state if key.startswith("encoder.layers."))
    return PatchTST(
        inputs // (patches * d_model), outputs // 3, lookback, patch_len,
        stride_of(stride, lookback, patch_len, patches), d_model, heads, layers, feed_forward, hidden,
    )


def stride_of(declared: Optional[int], lookback: int, patch_len: int, patches: int) -> int:
    """The declared stride, or the only one that makes so many patches."""
    if patches == 1 and declared is None:
        return lookback
    fitting = [s for s in range(1, lookback + 1) if (lookback - patch_len) // s + 1 == patches]
    if declared is not None and declared in fitting:
        return declared
    if declared is None and len(fitting) == 1:
        return fitting[0]
    raise Problem(
        f"{patches} patches of {patch_len} steps from a lookback of {lookback} are made by the strides "
        f"{fitting or 'none'}; correct --lookback or --set stride=NUMBER."
    )


def read_state(path: Path) -> Dict[str, Any]:
    """The tensors of a checkpoint under the names that the model itself has, as float32."""
    torch = library("torch", "torch", "--state-dict")
    if "weights_only" not in inspect.signature(torch.load).parameters:
        raise Problem(f"--state-dict needs torch 1.13 or newer; this is {torch.__version__}.")
    try:
        loaded = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, pickle.UnpicklingError) as error:
        raise Problem(f"{path} is not a state dict that torch can load without running code in it: {error}")
    for wrapper in ("model_state_dict", "state_dict", "model"):
        if isinstance(loaded, dict) and isinstance(loaded.get(wrapper), dict):
            loaded = loaded[wrapper]
    if not isinstance(loaded, dict):
        raise Problem(f"{path} has a {type(loaded).__name__}; save model.state_dict().")
    state = {}
    for key, value in loaded.items():
        name = key.replace("_orig_mod.", "")
        name = name[len("module."):] if name.startswith("module.") else name
        if torch.is_tensor(value) and name not in IGNORED_BUFFERS:
            state[name] = value.float()
    return state


def load_forecaster(options: argparse.Namespace, manifest: Manifest, lookback: int) -> Optional[Any]:
    """A torch module in evaluation mode, or None without a forecaster."""
    if options.state_dict is None and options.forecaster is None:
        return None
    state = None if options.state_dict is None else read_state(options.state_dict)
    if options.forecaster is not None:
        model = user_object(options.forecaster, "--forecaster")()
    else:
        model = reference_forecaster(state or {}, lookback, manifest.get("stride"), int(manifest.get("n_heads", 4)))
    if state is not None:
        try:
            model.load_state_dict(state)
        except RuntimeError as error:
            raise Problem(f"--state-dict {options.state_dict} does not fit the forecaster: {error}")
    return model.float().eval()


def load_policy(options: argparse.Namespace) -> Optional[Callable[[np.ndarray], np.ndarray]]:
    """From an observation (after VecNormalize, where there is one) to the deterministic action."""
    if options.policy_function is not None:
        return user_object(options.policy_function, "--policy-function")
    if options.policy is None:
        return None
    model = library("stable_baselines3", "stable-baselines3", "--policy").PPO.load(options.policy, device="cpu")
    return lambda observation: model.predict(observation, deterministic=True)[0]


def load_normalization(path: Optional[Path]) -> Optional[Callable[[np.ndarray], np.ndarray]]:
    """The normalization of a file that VecNormalize.save wrote."""
    if path is None:
        return None
    library("stable_baselines3", "stable-baselines3", "--vec-normalize")
    try:
        with open(path, "rb") as file:
            return pickle.load(file).normalize_obs
    except (OSError, pickle.UnpicklingError, AttributeError) as error:
        raise Problem(f"--vec-normalize {path} is not a file that VecNormalize.save wrote: {error}")


def forecast_features(quantiles: np.ndarray, definition: str) -> np.ndarray:
    """The 35 forecast features of quantiles [horizon, 3] (docs/reference/pipelines.md, rules 14 to 16)."""
    steps = len(quantiles)
    if definition == "steps":
        if steps != 192:
            raise Problem(f'forecast_features "steps" needs 192 steps; the forecaster has {steps}. Use "fractions".')
        rows, path, early = [3, 15, 47, 95, 191], list(range(15, 192, 16)), 48
    else:
        rows = [min(steps - 1, max(0, round((steps - 1) * share))) for share in (0.0208, 0.0833, 0.25, 0.5, 1.0)]
        path = [round(row) for row in np.linspace(rows[1], steps - 1, 12)]
        early = min(steps, max(1, round(0.25 * steps)))
    mid = quantiles[:, 1]
    curve = np.concatenate([np.zeros(1, quantiles.dtype), mid])
    shape = [
        curve.min(), curve.max(), curve.argmin() / steps, curve.argmax() / steps,
        (np.maximum.accumulate(curve) - curve).max(), (curve - np.minimum.accumulate(curve)).max(),
        curve[early] / early, (curve[steps] - curve[early]) / max(1, steps - early),
    ]
    return np.concatenate([quantiles[rows].ravel(), mid[path], shape]).astype(np.float32)


# ---------------------------------------------------------------------------------------------------------------------
# Proof


class Package:
    """Everything that the options give, loaded once for all windows."""

    def __init__(self, options: argparse.Namespace, manifest: Manifest, scaler: Optional[Scaler]) -> None:
        self.manifest = manifest
        self.lookback = int(manifest.get("lookback_steps", 512))
        self.history = int(manifest.get("history_candles", 1500))
        self.features = user_object(options.features, "--features")
        self.scaler = scaler
        self.forecaster = load_forecaster(options, manifest, self.lookback)
        own = options.forecast_features
        self.forecast_features = None if own is None else user_object(own, "--forecast-features")
        self.normalize = load_normalization(options.vec_normalize)
        self.policy = load_policy(options)

    def case(self, candles: pd.DataFrame, funding: pd.DataFrame) -> Dict[str, Any]:
        """What the user's code computes on one window, as far as the options reach."""
        case: Dict[str, Any] = {"candles": rows_of(candles), "funding": rows_of(funding)}
        table = self.feature_table(candles, funding)
        case["features"] = numbers(table.iloc[-1])
        if self.scaler is None:
            return case
        scaled = self.scaler.transform(table.iloc[-self.lookback:]).astype(np.float32)
        case["scaled_last_row"] = numbers(scaled[-1])
        if self.forecaster is None:
            return case
        quantiles = self.quantiles(scaled)
        case["quantiles"] = [numbers(row) for row in quantiles]
        forecast = self.forecast_features_of(quantiles)
        case["forecast_features"] = numbers(forecast)
        account = [0, 0, 0, 0, 0, 0, int(self.manifest.get("max_hold_steps", 192)), 1, 0.1]  # an account without lots
        case["account_state"] = account
        blocks = {"core": scaled[-1], "forecast": forecast, "account": account}
        chosen = self.manifest.get("observation", BLOCKS)
        observation = np.concatenate([np.asarray(blocks[name], np.float32) for name in chosen])
        case["observation"] = numbers(observation)
        if self.normalize is not None:
            observation = np.asarray(self.normalize(observation), np.float32)
            case["normalised_observation"] = numbers(observation)
        if self.policy is not None:
            case["action"] = numbers(np.clip(self.policy(observation), -1, 1))
        return case

    def feature_table(self, candles: pd.DataFrame, funding: pd.DataFrame) -> pd.DataFrame:
        """The user's features, one row per candle, in the feature order."""
        table = self.features(candles.copy(), funding.copy())
        if not isinstance(table, pd.DataFrame) or len(table) != len(candles):
            raise Problem(f"--features must return a DataFrame with one row per candle: {len(candles)} of them.")
        order = self.manifest.setdefault("feature_order", [str(name) for name in table.columns])
        missing = [name for name in order if name not in table.columns]
        if missing:
            raise Problem(f"--features gives no column {missing[0]}, which stands in the feature order.")
        table = table[order]
        gaps = table.iloc[-self.lookback:].isna().sum()
        if gaps.any():
            raise Problem(
                f"{gaps.idxmax()} has no value in {gaps.max()} of the last {self.lookback} rows; a --history of more "
                f"than {len(candles)} candles may be needed."
            )
        return table

    def quantiles(self, scaled: np.ndarray) -> np.ndarray:
        """The forecast [horizon, 3] of scaled features [lookback, features]."""
        torch = library("torch", "torch", "--forecaster")
        with torch.no_grad():
            output = self.forecaster(torch.from_numpy(np.ascontiguousarray(scaled))[None])
        quantiles = np.asarray(output, np.float32).reshape(-1)
        if len(quantiles) % 3 != 0:
            raise Problem(f"The forecaster answers {len(quantiles)} numbers, not three quantiles per step.")
        return quantiles.reshape(-1, 3)

    def forecast_features_of(self, quantiles: np.ndarray) -> np.ndarray:
        """The 35 forecast features by the user's function, or else by the definition of the manifest."""
        if self.forecast_features is not None:
            return np.asarray(self.forecast_features(quantiles), np.float32)
        return forecast_features(quantiles, forecast_definition(self.manifest, len(quantiles)))


def rows_of(table: pd.DataFrame) -> List[List[float]]:
    """Rows as lists; the time as a whole number."""
    return [[int(row[0]), *row[1:]] for row in table.to_numpy(float).tolist()]


def numbers(values: Any) -> List[float]:
    """All numbers of an array in one list."""
    return [float(value) for value in np.asarray(values).reshape(-1)]


def windows(candles: pd.DataFrame, count: int, history: int, timeframe: str) -> List[pd.DataFrame]:
    """`count` windows of `history` candles, spread over the file; the last one ends with its last candle."""
    if timeframe not in TIMEFRAME_MINUTES:
        raise Problem(f"decision_tf {timeframe} is not one of {', '.join(TIMEFRAME_MINUTES)}.")
    if len(candles) < history:
        raise Problem(f"--candles has {len(candles)} candles; a window needs {history} (--history).")
    step = TIMEFRAME_MINUTES[timeframe] * 60_000
    ends = sorted({round(end) for end in np.linspace(len(candles), history, count)})
    chosen = [candles.iloc[end - history:end].reset_index(drop=True) for end in ends]
    for window in chosen:
        apart = window["open_time_ms"].diff().iloc[1:]
        wrong = apart[apart != step]
        if len(wrong) > 0:
            raise Problem(
                f"The candles that open at {window['open_time_ms'][wrong.index[0] - 1]} and after it are "
                f"{wrong.iloc[0] / 60_000:g} minutes apart; decision_tf is {timeframe}."
            )
    return chosen


def make_proof(options: argparse.Namespace, manifest: Manifest, scaler: Optional[Scaler]) -> Dict[str, Any]:
    """@raises Problem for whatever does not fit together."""
    if options.candles is None:
        raise Problem("--features needs --candles, the candles to compute them from.")
    package = Package(options, manifest, scaler)
    candles = read_table(options.candles, CANDLE_COLUMNS)
    funding = read_funding(options.funding)
    timeframe = manifest.get("decision_tf", manifest.get("candles", "15m"))
    cases = []
    for window in windows(candles, options.windows, package.history, timeframe):
        first, last = window["open_time_ms"].iloc[0], window["open_time_ms"].iloc[-1]
        settled = funding["time_ms"] // 60_000 * 60_000  # exchanges stamp a settlement a few ms late
        known = funding[(settled >= first - FUNDING_LEAD_MS) & (settled <= last)]
        cases.append(package.case(window, known.reset_index(drop=True)))
    return {"format": FORMAT, "cases": cases}


def feature_quantiles(options: argparse.Namespace, manifest: Manifest) -> Dict[str, Dict[str, List[float]]]:
    """Deciles of each feature over the candles of the training, and the share of rows in each bin between them."""
    candles = read_table(options.train_candles, CANDLE_COLUMNS)
    funding = read_funding(options.train_funding)
    table = user_object(options.features, "--features")(candles, funding)
    quantiles = {}
    for name in manifest["feature_order"]:
        if name not in table.columns:
            raise Problem(f"--features gives no column {name} for --train-candles.")
        values = table[name].to_numpy(float)
        values = values[np.isfinite(values)]
        if len(values) == 0:
            raise Problem(f"{name} has no value in any of the {len(candles)} rows of --train-candles.")
        # Equal deciles are one edge: a value is in the bin whose number is the count of edges below it.
        edges = np.unique(np.quantile(values, np.arange(1, 10) / 10))
        bins = np.searchsorted(edges, values, side="left")
        shares = np.bincount(bins, minlength=len(edges) + 1) / len(values)
        quantiles[name] = {"edges": numbers(edges), "shares": numbers(shares)}
    return quantiles


def read_funding(path: Optional[Path]) -> pd.DataFrame:
    """The funding rates of a file; none without one."""
    if path is None:
        return pd.DataFrame(columns=FUNDING_COLUMNS, dtype=float)
    return read_table(path, FUNDING_COLUMNS)


def parse(arguments: Optional[Sequence[str]] = None) -> argparse.Namespace:
    """The options of the command line."""
    summary, _, rest = (__doc__ or "").partition("\n")
    parser = argparse.ArgumentParser(
        description=summary, epilog=rest, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--out", type=Path, default=Path("."), help="folder for manifest.json and proof.json")
    group = parser.add_argument_group("manifest")
    group.add_argument("--pipeline-args", type=Path, metavar="FILE", help="JSON that the training code left")
    group.add_argument("--feature-order", metavar="NAMES", help="names with commas, or a .json file with a list")
    group.add_argument("--lookback", type=int, metavar="N", help="lookback_steps (512 by default)")
    group.add_argument("--history", type=int, metavar="N", help="history_candles, and of a window (1500 by default)")
    group.add_argument("--trials", type=int, metavar="N", help="models that were trained before this one was chosen")
    group.add_argument(
        "--train-candles", type=Path, metavar="FILE", help="candles of the training: feature_quantiles, by --features"
    )
    group.add_argument("--train-funding", type=Path, metavar="FILE", help="funding of the training")
    group.add_argument("--set", action="append", default=[], metavar="FIELD=VALUE", help="any field; may be repeated")
    group = parser.add_argument_group("proof (module:name is found from the current folder)")
    group.add_argument("--features", metavar="MODULE:FUNCTION", help="(candles, funding) -> features, as DataFrames")
    group.add_argument("--candles", type=Path, metavar="FILE", help=f"CSV or parquet: {', '.join(CANDLE_COLUMNS)}")
    group.add_argument("--funding", type=Path, metavar="FILE", help=f"CSV or parquet: {', '.join(FUNDING_COLUMNS)}")
    group.add_argument("--windows", type=int, default=3, metavar="N", help="windows in the proof (3 by default)")
    group.add_argument("--scaler", type=Path, metavar="FILE", help="a StandardScaler by joblib or pickle, or JSON")
    group.add_argument("--state-dict", type=Path, metavar="FILE", help="the forecaster's .pt")
    group.add_argument(
        "--forecaster", metavar="MODULE:NAME", help="makes the torch module; default: the PatchTST in this file"
    )
    group.add_argument(
        "--forecast-features", metavar="MODULE:FUNCTION", help="quantiles [horizon, 3] -> 35; default: paperdesk's"
    )
    group.add_argument("--policy", type=Path, metavar="FILE", help="the .zip that PPO.save wrote")
    group.add_argument("--policy-function", metavar="MODULE:FUNCTION", help="observation -> action, for others")
    group.add_argument("--vec-normalize", type=Path, metavar="FILE", help="the file that VecNormalize.save wrote")
    options = parser.parse_args(arguments)
    if options.trials is not None and options.trials < 0:
        parser.error("--trials must be at least 0")
    if options.train_candles is not None and options.features is None:
        parser.error("--train-candles needs --features")
    if options.windows < 1:
        parser.error("--windows must be at least 1")
    return options


def main() -> None:
    """Writes manifest.json and, with --features, proof.json; says in one line what is wrong."""
    options = parse()
    sys.path.insert(0, os.getcwd())
    try:
        scaler = None if options.scaler is None else Scaler(options.scaler)
        manifest = make_manifest(options, scaler)
        # The proof first: the features give their order where nothing else does.
        proof = None if options.features is None else make_proof(options, manifest, scaler)
        if options.train_candles is not None:
            manifest["feature_quantiles"] = feature_quantiles(options, manifest)
        if "feature_order" in manifest:
            # A feature order without a feature set must be that of a named one.
            manifest.setdefault("feature_set", "custom")
        options.out.mkdir(parents=True, exist_ok=True)
        write(options.out / "manifest.json", json.dumps(manifest, indent=1, allow_nan=False))
        if proof is not None:
            write(options.out / "proof.json", proof_text(proof))
    except Problem as problem:
        sys.exit(f"make_proof.py: {problem}")


def proof_text(proof: Dict[str, Any]) -> str:
    """The proof as JSON, not larger than paperdesk accepts."""
    try:
        text = json.dumps(proof, separators=(",", ":"), allow_nan=False)
    except ValueError:
        raise Problem("Your code computed a number that is not finite in one of the windows.")
    if len(text) > MAX_BYTES:
        raise Problem(f"The proof has {len(text)} bytes; at most {MAX_BYTES} are accepted. Use fewer --windows.")
    return text


def write(path: Path, text: str) -> None:
    """Writes a text file and says so."""
    path.write_text(text + "\n", encoding="utf-8")
    print(f"wrote {path}")


if __name__ == "__main__":
    main()
