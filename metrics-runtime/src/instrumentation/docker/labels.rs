//! The labels of both metric sets.

use std::sync::Arc;

use super::{
    Container, ContainerCpu, ContainerDisk, ContainerInterface, ContainerNetwork, CpuMode,
    DiskDirection, NetworkDirection,
};
use crate::{
    LabelSet,
    labels::{LabelRef, OpenLabelValue},
    roles::RoleLabels,
};

/// A text that is shared with the sample that it is from.
pub(super) struct Text(Arc<str>);

impl OpenLabelValue for Text {
    fn as_label(&self) -> LabelRef<'_> {
        LabelRef::Str(&self.0)
    }
}

impl Text {
    fn of(text: &Arc<str>) -> Self {
        Self(Arc::clone(text))
    }
}

/// The container: its name, and the name of its image without the tag.
#[derive(LabelSet)]
#[label(crate = "crate", allow(semconv_names))]
pub(super) struct ContainerLabels {
    #[label(key = "container.name", max = 500)]
    name: Text,
    #[label(key = "container.image.name", max = 200)]
    image: Text,
}

impl ContainerLabels {
    fn of(container: &Container) -> Self {
        Self { name: Text::of(&container.name), image: Text::of(&container.image_name) }
    }
}

impl RoleLabels<(), Container> for ContainerLabels {
    fn role_labels((): &(), container: &Container) -> Self {
        Self::of(container)
    }
}

#[derive(LabelSet)]
#[label(crate = "crate", allow(semconv_names))]
pub(super) struct CpuLabels {
    #[label(flatten)]
    container: ContainerLabels,
    #[label(key = "cpu.mode")]
    mode: CpuMode,
}

impl RoleLabels<(), ContainerCpu> for CpuLabels {
    fn role_labels((): &(), of: &ContainerCpu) -> Self {
        Self { container: ContainerLabels::of(&of.container), mode: of.mode }
    }
}

#[derive(LabelSet)]
#[label(crate = "crate", allow(semconv_names))]
pub(super) struct NetworkLabels {
    #[label(flatten)]
    container: ContainerLabels,
    #[label(key = "network.interface.name", max = 50)]
    interface: Text,
    #[label(key = "network.io.direction")]
    direction: NetworkDirection,
}

impl RoleLabels<(), ContainerNetwork> for NetworkLabels {
    fn role_labels((): &(), of: &ContainerNetwork) -> Self {
        Self {
            container: ContainerLabels::of(&of.container),
            interface: Text::of(&of.interface),
            direction: of.direction,
        }
    }
}

#[derive(LabelSet)]
#[label(crate = "crate", allow(semconv_names))]
pub(super) struct DiskLabels {
    #[label(flatten)]
    container: ContainerLabels,
    #[label(key = "system.device", max = 100)]
    device: Text,
    #[label(key = "disk.io.direction")]
    direction: DiskDirection,
}

impl RoleLabels<(), ContainerDisk> for DiskLabels {
    fn role_labels((): &(), of: &ContainerDisk) -> Self {
        Self {
            container: ContainerLabels::of(&of.container),
            device: Text(of.device.to_string().into()),
            direction: of.direction,
        }
    }
}

/// The labels of an interface with the key that the Collector has.
#[derive(LabelSet)]
#[label(crate = "crate", allow(semconv_names))]
pub(super) struct InterfaceLabels {
    #[label(flatten)]
    container: ContainerLabels,
    #[label(max = 50)]
    interface: Text,
}

impl RoleLabels<(), ContainerInterface> for InterfaceLabels {
    fn role_labels((): &(), of: &ContainerInterface) -> Self {
        Self { container: ContainerLabels::of(&of.container), interface: Text::of(&of.interface) }
    }
}
