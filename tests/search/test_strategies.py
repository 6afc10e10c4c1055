import pytest

from automl.exceptions import InvalidInputError, UnsupportedSettingError
from automl.search import make_optimizer


@pytest.mark.parametrize("name", ["dehb", "evolution", "pbt"])
def test_known_strategies_of_later_versions_say_what_exists(world, name):
    with pytest.raises(UnsupportedSettingError, match=rf"'{name}' .* has \['bohb', 'grid', "):
        make_optimizer(name, world.space(), 3, (), 0, world.root)


def test_unknown_names_are_invalid(world):
    with pytest.raises(InvalidInputError, match=r"one of \['bohb', .*\], got 'bhob'"):
        make_optimizer("bhob", world.space(), 3, (), 0, world.root)


@pytest.mark.parametrize("root", ["a:x", "a:kind", "nothing"])
def test_the_root_must_be_able_to_choose_a_family(world, root):
    with pytest.raises(InvalidInputError, match=f"root must be a categorical .* got '{root}'"):
        make_optimizer("bohb", world.space(), 3, (), 0, root)
