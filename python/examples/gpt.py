"""A small GPT that learns to write this project's docs, on crossbars: python3 python/examples/gpt.py

It starts the services for itself; --servers and --page name some that run already. In the end it writes a few lines.
"""

import argparse
import pathlib

import sgsars
import torch
from torch import nn
from torch.nn import functional

HERE = pathlib.Path(__file__).resolve().parent
CONTEXT, WIDTH = 64, 96
parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("--iterations", type=int, help="instead of the experiment's")
parser.add_argument("--servers", help="HOST:PORT of a broker; a pipeline of its own without")
parser.add_argument("--page", default="http://localhost:8080", help="of these services")
parser.add_argument("--run", help="its name; the experiment's and the time without")
options = parser.parse_args()
text = "".join(file.read_text(encoding="utf-8") for file in sorted((HERE.parents[1] / "docs").glob("*.md")))
letters = sorted(set(text))
tokens = torch.tensor([letters.index(letter) for letter in text])
train, held_out = tokens[: len(tokens) * 9 // 10], tokens[len(tokens) * 9 // 10 :]


class Block(nn.Module):
    def __init__(self):
        super().__init__()
        self.ln1, self.ln2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.attention = nn.MultiheadAttention(WIDTH, 4, batch_first=True)
        self.mlp = nn.Sequential(nn.Linear(WIDTH, 4 * WIDTH), nn.GELU(), nn.Linear(4 * WIDTH, WIDTH))

    def forward(self, x):
        normed, future = self.ln1(x), torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).triu(1)
        x = x + self.attention(normed, normed, normed, attn_mask=future, need_weights=False)[0]
        return x + self.mlp(self.ln2(x))


class GPT(nn.Module):
    def __init__(self):
        super().__init__()
        self.token, self.position = nn.Embedding(len(letters), WIDTH), nn.Embedding(CONTEXT, WIDTH)
        self.blocks, self.ln = nn.Sequential(Block(), Block()), nn.LayerNorm(WIDTH)
        self.head = nn.Linear(WIDTH, len(letters))

    def forward(self, tokens):
        return self.head(self.ln(self.blocks(self.token(tokens) + self.position(torch.arange(tokens.shape[1])))))


def batch(of, count):
    """Some of a text, (count, CONTEXT), and the same one letter on."""
    at = torch.randint(len(of) - CONTEXT, (count, 1)) + torch.arange(CONTEXT)
    return of[at], of[at + 1]


torch.manual_seed(1)
model, (asked, answers) = GPT(), batch(held_out, 32)
pipeline = sgsars.connect(options.servers, options.page) if options.servers else sgsars.local()
xbar = sgsars.Crossbars(model, HERE / "gpt.yml", pipeline=pipeline, run=options.run, iterations=options.iterations, sparsify="local")
opt = sgsars.wrap(torch.optim.Adam(model.parameters(), lr=1e-3), xbar)
print(f"{xbar.name}: {', '.join(xbar.layers)} on crossbars; to look at: {xbar.page}", flush=True)
with xbar.progress() as line:
    while xbar.iteration < xbar.iterations:
        given, wanted = batch(train, 16)
        opt.zero_grad()
        loss = functional.cross_entropy(model(given).flatten(0, 1), wanted.flatten())
        loss.backward()
        opt.step()
        if xbar.iteration % max(1, xbar.iterations // 20) == 0 or xbar.iteration == xbar.iterations:
            with torch.no_grad():
                xbar.accuracy(int((model(asked).argmax(2) == answers).sum()), answers.numel())  # letters in the place of images
        line.update(loss=loss)
[scenario] = xbar.finish()["scenarios"]
print(f"lives {scenario['lifetimeExtension']:.1f} times as long as dense training, {100 * xbar.tested[1]:.1f} % of letters foretold")
written = held_out[:CONTEXT]
for _ in range(200):
    written = torch.cat([written, model(written[None, -CONTEXT:])[0, -1].softmax(0).multinomial(1)])
print("It writes:", "".join(letters[token] for token in written[CONTEXT:]))
