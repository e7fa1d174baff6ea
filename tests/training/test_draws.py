from __future__ import annotations

import torch

from unblur_models.training.draws import Draws, field


def test_a_sample_draws_the_same_numbers_in_every_batch() -> None:
    alone = Draws(5, torch.tensor([70_000_000_123]))
    among = Draws(5, torch.tensor([1, 70_000_000_123, 9]))
    assert torch.equal(alone.normal("noise", 7)[0], among.normal("noise", 7)[1])
    assert torch.equal(alone.keys("a")[0], among.taken(torch.tensor([1])).keys("a")[0])


def test_seed_sample_and_name_all_matter() -> None:
    index = torch.tensor([4])
    values = {
        Draws(1, index).uniform("a").item(),
        Draws(2, index).uniform("a").item(),
        Draws(1, index + 1).uniform("a").item(),
        Draws(1, index + 2**32).uniform("a").item(),
        Draws(1, index).uniform("b").item(),
    }
    assert len(values) == 5


def test_numbers_are_pinned_so_that_every_machine_has_the_same() -> None:
    draws = Draws(20261122, torch.tensor([0, 1]))
    assert (draws.uniform("pin")[:, 0] * 2**24).to(torch.int64).tolist() == PINNED


PINNED = [6146315, 3491064]


def test_draws_have_the_distributions_that_they_promise() -> None:
    draws = Draws(0, torch.arange(20_000))
    uniform = draws.uniform("u", (2.0, 4.0))
    assert uniform.min() >= 2
    assert uniform.max() < 4
    assert abs(uniform.mean().item() - 3) < 0.02
    normal = draws.normal("n", 2)
    assert abs(normal.mean().item()) < 0.02
    assert abs(normal.std().item() - 1) < 0.02
    assert abs((normal[:, 0] * normal[:, 1]).mean().item()) < 0.03
    chosen = draws.chosen("c", (1.0, 0.0, 3.0))
    assert abs((chosen == 2).float().mean().item() - 0.75) < 0.02
    assert not (chosen == 1).any()


def test_noise_in_a_field_has_no_pattern() -> None:
    noise = field(Draws(0, torch.arange(4)).keys("x"), (1, 64, 64))
    assert abs(noise.mean().item()) < 0.03
    assert abs(noise.std().item() - 1) < 0.03
    assert abs((noise[..., 1:] * noise[..., :-1]).mean().item()) < 0.03
    assert abs((noise[0] * noise[1]).mean().item()) < 0.05
