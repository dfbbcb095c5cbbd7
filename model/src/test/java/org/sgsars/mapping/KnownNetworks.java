package org.sgsars.mapping;

import java.util.List;

/** Networks that people train, by the names and shapes that they have in PyTorch. */
final class KnownNetworks {
  private KnownNetworks() {}

  static List<KnownNetwork> all() {
    return List.of(
        mlp(),
        mlpWithoutBiases("MLP without biases", "layers.0", "layers.2", "layers.4"),
        mlpWithoutBiases("MLP without biases, named", "input", "hidden", "output"),
        mlpOfConv1D("Conv1D without biases", "layers.0", "layers.2", "layers.4"),
        mlpOfConv1D("Conv1D without biases, named", "input", "hidden", "output")
            .tellingByOrderAlone(),
        autoencoder(),
        autoencoderOfConv1D(),
        tiedProjection(),
        lenet(),
        alexNet(),
        vgg(),
        basicResNet(1),
        basicResNet(3),
        bottlenecks("ResNet-50", 1, 64, 3),
        bottlenecks("ResNet-50 on grey images", 1, 64, 1),
        bottlenecks("ResNeXt-50 32x4d", 32, 4, 3),
        bottlenecks("ResNeXt-101 32x8d", 32, 8, 3),
        bottlenecks("Wide ResNet-50-2", 1, 128, 3),
        regNet("RegNetY-32GF", 232, 232, 696, 1392, 3712),
        regNet("RegNetX-400MF", 16, 32, 64, 160, 400),
        mobileNetV2(),
        convNeXt(),
        denseNet(),
        inceptionBlock(),
        highResolution(),
        unet(false),
        unet(true),
        dcgan(),
        conditionalGan(),
        gpt2(),
        squareConv1D(),
        bert(),
        llama(),
        languageModel("LSTM language model", 4, 65, 128, 128),
        languageModel("LSTM language model, wide", 4, 10_000, 200, 256),
        languageModel("GRU language model, tied sizes", 3, 128, 128, 128),
        visionTransformer(),
        textCnn(),
        recommender(),
        speech(),
        pointNet());
  }

  private static KnownNetwork mlp() {
    return new KnownNetwork("MLP")
        .linear("fc1", 784, 128)
        .linear("fc2", 128, 128)
        .linear("fc3", 128, 10);
  }

  private static KnownNetwork mlpWithoutBiases(String name, String... layers) {
    return new KnownNetwork(name)
        .linearWithoutBias(layers[0], 784, 128)
        .linearWithoutBias(layers[1], 128, 64)
        .linearWithoutBias(layers[2], 64, 10);
  }

  private static KnownNetwork mlpOfConv1D(String name, String... layers) {
    return new KnownNetwork(name)
        .conv1DWithoutBias(layers[0], 784, 128)
        .conv1DWithoutBias(layers[1], 128, 64)
        .conv1DWithoutBias(layers[2], 64, 10);
  }

  private static KnownNetwork autoencoder() {
    return new KnownNetwork("autoencoder without biases")
        .linearWithoutBias("encoder.0", 784, 32)
        .linearWithoutBias("encoder.2", 32, 8)
        .linearWithoutBias("decoder.0", 8, 32)
        .linearWithoutBias("decoder.2", 32, 784);
  }

  private static KnownNetwork autoencoderOfConv1D() {
    return new KnownNetwork("autoencoder of Conv1D without biases")
        .conv1DWithoutBias("encoder.0", 784, 32)
        .conv1DWithoutBias("encoder.2", 32, 8)
        .conv1DWithoutBias("decoder.0", 8, 32)
        .conv1DWithoutBias("decoder.2", 32, 784);
  }

  private static KnownNetwork tiedProjection() {
    return new KnownNetwork("MLP with a projection without bias")
        .linearWithoutBias("project", 300, 64)
        .linear("hidden", 64, 64)
        .linear("head", 64, 5);
  }

  private static KnownNetwork lenet() {
    return new KnownNetwork("LeNet")
        .conv("conv1", 1, 6, 5, 1, true)
        .conv("conv2", 6, 16, 5, 1, true)
        .linear("fc1", 400, 120)
        .linear("fc2", 120, 84)
        .linear("fc3", 84, 10);
  }

  private static KnownNetwork alexNet() {
    return new KnownNetwork("AlexNet in two groups")
        .conv("features.0", 3, 96, 11, 1, true)
        .conv("features.4", 96, 256, 5, 2, true)
        .conv("features.8", 256, 384, 3, 1, true)
        .conv("features.10", 384, 384, 3, 2, true)
        .conv("features.12", 384, 256, 3, 2, true)
        .linear("classifier.1", 9216, 4096)
        .linear("classifier.4", 4096, 4096)
        .linear("classifier.6", 4096, 1000);
  }

  private static KnownNetwork vgg() {
    KnownNetwork network = new KnownNetwork("VGG-11");
    int[][] of = {
      {0, 3, 64},
      {3, 64, 128},
      {6, 128, 256},
      {8, 256, 256},
      {11, 256, 512},
      {13, 512, 512},
      {16, 512, 512},
      {18, 512, 512}
    };
    for (int[] conv : of) {
      network.conv("features." + conv[0], conv[1], conv[2], 3, 1, true);
    }
    return network.linear("classifier.0", 25088, 4096).linear("classifier.6", 4096, 1000);
  }

  private static KnownNetwork basicResNet(int channels) {
    KnownNetwork network = new KnownNetwork("ResNet-18 of " + channels + " channels");
    network.conv("conv1", channels, 64, 7).norm("bn1", 64);
    int in = 64;
    for (int stage = 0; stage < 4; stage++) {
      int width = 64 << stage;
      for (int block = 0; block < 2; block++) {
        String at = "layer%d.%d.".formatted(stage + 1, block);
        network.conv(at + "conv1", in, width, 3).norm(at + "bn1", width);
        network.conv(at + "conv2", width, width, 3).norm(at + "bn2", width);
        if (in != width) {
          network.conv(at + "downsample.0", in, width, 1).norm(at + "downsample.1", width);
        }
        in = width;
      }
    }
    return network.linear("fc", 512, 10);
  }

  private static KnownNetwork bottlenecks(String name, int groups, int ofGroup, int channels) {
    KnownNetwork network = new KnownNetwork(name);
    network.conv("conv1", channels, 64, 7).norm("bn1", 64);
    int in = 64;
    for (int stage = 0; stage < 4; stage++) {
      int width = (groups * ofGroup) << stage;
      int out = 256 << stage;
      for (int block = 0; block < 2; block++) {
        String at = "layer%d.%d.".formatted(stage + 1, block);
        network.conv(at + "conv1", in, width, 1).norm(at + "bn1", width);
        network.conv(at + "conv2", width, width, 3, groups, false).norm(at + "bn2", width);
        network.conv(at + "conv3", width, out, 1).norm(at + "bn3", out);
        if (block == 0) {
          network.conv(at + "downsample.0", in, out, 1).norm(at + "downsample.1", out);
        }
        in = out;
      }
    }
    return network.linear("fc", 2048, 1000);
  }

  private static KnownNetwork regNet(String name, int ofGroup, int... widths) {
    KnownNetwork network = new KnownNetwork(name);
    network.conv("stem.0", 3, 32, 3).norm("stem.1", 32);
    int in = 32;
    for (int stage = 0; stage < widths.length; stage++) {
      int width = widths[stage];
      for (int block = 0; block < 2; block++) {
        String at = "trunk_output.block%d.block%d-%d.".formatted(stage + 1, stage + 1, block);
        if (block == 0) {
          network.conv(at + "proj.0", in, width, 1).norm(at + "proj.1", width);
        }
        network.conv(at + "f.a.0", in, width, 1).norm(at + "f.a.1", width);
        network
            .conv(at + "f.b.0", width, width, 3, width / ofGroup, false)
            .norm(at + "f.b.1", width);
        network.conv(at + "f.se.fc1", width, in / 4, 1, 1, true);
        network.conv(at + "f.se.fc2", in / 4, width, 1, 1, true);
        network.conv(at + "f.c.0", width, width, 1).norm(at + "f.c.1", width);
        in = width;
      }
    }
    return network.linear("fc", in, 1000);
  }

  private static KnownNetwork mobileNetV2() {
    KnownNetwork network = new KnownNetwork("MobileNetV2");
    network.conv("features.0.0", 3, 32, 3).norm("features.0.1", 32);
    network.conv("features.1.conv.0.0", 32, 32, 3, 32, false).norm("features.1.conv.0.1", 32);
    network.conv("features.1.conv.1", 32, 16, 1).norm("features.1.conv.2", 16);
    int in = 16;
    int at = 2;
    for (int out : new int[] {24, 24, 32, 32, 64, 96, 160, 320}) {
      String block = "features.%d.conv.".formatted(at++);
      int wide = 6 * in;
      network.conv(block + "0.0", in, wide, 1).norm(block + "0.1", wide);
      network.conv(block + "1.0", wide, wide, 3, wide, false).norm(block + "1.1", wide);
      network.conv(block + "2", wide, out, 1).norm(block + "3", out);
      in = out;
    }
    return network
        .conv("features.18.0", 320, 1280, 1)
        .norm("features.18.1", 1280)
        .linear("classifier.1", 1280, 10);
  }

  private static KnownNetwork convNeXt() {
    KnownNetwork network = new KnownNetwork("ConvNeXt");
    network.conv("stem.0", 3, 96, 4, 1, true).norm("stem.1", 96);
    for (int block = 0; block < 2; block++) {
      String at = "stages.0.blocks.%d.".formatted(block);
      network.conv(at + "conv_dw", 96, 96, 7, 96, true).norm(at + "norm", 96);
      network.linear(at + "mlp.fc1", 96, 384).linear(at + "mlp.fc2", 384, 96);
    }
    return network.norm("head.norm", 96).linear("head.fc", 96, 10);
  }

  private static KnownNetwork denseNet() {
    KnownNetwork network = new KnownNetwork("DenseNet");
    network.conv("features.conv0", 3, 64, 7).norm("features.norm0", 64);
    int in = 64;
    for (int block = 1; block <= 2; block++) {
      for (int layer = 1; layer <= 6; layer++) {
        String at = "features.denseblock%d.denselayer%d.".formatted(block, layer);
        network.norm(at + "norm1", in).conv(at + "conv1", in, 128, 1);
        network.norm(at + "norm2", 128).conv(at + "conv2", 128, 32, 3);
        in += 32;
      }
      String at = "features.transition%d.".formatted(block);
      network.norm(at + "norm", in).conv(at + "conv", in, in / 2, 1);
      in /= 2;
    }
    return network.norm("features.norm5", in).linear("classifier", in, 1000);
  }

  private static KnownNetwork inceptionBlock() {
    KnownNetwork network = new KnownNetwork("GoogLeNet");
    network.conv("conv1.conv", 3, 64, 7).norm("conv1.bn", 64);
    network.conv("conv2.conv", 64, 64, 1).norm("conv2.bn", 64);
    network.conv("conv3.conv", 64, 192, 3).norm("conv3.bn", 192);
    int[][] blocks = {{192, 64, 96, 128, 16, 32, 32}, {256, 128, 128, 192, 32, 96, 64}};
    for (int i = 0; i < blocks.length; i++) {
      int[] of = blocks[i];
      String at = "inception3%c.".formatted('a' + i);
      inception(network, at + "branch1", of[0], of[1], 1);
      inception(network, at + "branch2.0", of[0], of[2], 1);
      inception(network, at + "branch2.1", of[2], of[3], 3);
      inception(network, at + "branch3.0", of[0], of[4], 1);
      inception(network, at + "branch3.1", of[4], of[5], 3);
      inception(network, at + "branch4.1", of[0], of[6], 1);
    }
    return network.linear("fc", 480, 1000);
  }

  private static void inception(KnownNetwork network, String at, int in, int out, int kernel) {
    network.conv(at + ".conv", in, out, kernel).norm(at + ".bn", out);
  }

  private static KnownNetwork highResolution() {
    KnownNetwork network = new KnownNetwork("HRNet");
    network.conv("conv1", 3, 64, 3).norm("bn1", 64).conv("conv2", 64, 64, 3).norm("bn2", 64);
    network.conv("transition1.0.0", 64, 32, 3).norm("transition1.0.1", 32);
    network.conv("transition1.1.0.0", 64, 64, 3).norm("transition1.1.0.1", 64);
    for (int branch = 0; branch < 2; branch++) {
      for (int block = 0; block < 2; block++) {
        for (int conv = 1; conv <= 2; conv++) {
          String at = "stage2.0.branches.%d.%d.".formatted(branch, block);
          int width = 32 << branch;
          network.conv(at + "conv" + conv, width, width, 3).norm(at + "bn" + conv, width);
        }
      }
    }
    network.conv("stage2.0.fuse_layers.0.1.0", 64, 32, 1).norm("stage2.0.fuse_layers.0.1.1", 32);
    network
        .conv("stage2.0.fuse_layers.1.0.0.0", 32, 64, 3)
        .norm("stage2.0.fuse_layers.1.0.0.1", 64);
    return network.conv("final_layer", 32, 17, 1, 1, true);
  }

  private static KnownNetwork unet(boolean hasTransposed) {
    KnownNetwork network = new KnownNetwork(hasTransposed ? "U-Net" : "U-Net that interpolates");
    doubleConv(network, "inc", 3, 64);
    doubleConv(network, "down1", 64, 128);
    doubleConv(network, "down2", 128, 256);
    if (hasTransposed) {
      network.convTranspose("up1.up", 256, 128, 2, true);
    }
    doubleConv(network, "up1.conv", hasTransposed ? 256 : 384, 128);
    if (hasTransposed) {
      network.convTranspose("up2.up", 128, 64, 2, true);
    }
    doubleConv(network, "up2.conv", hasTransposed ? 128 : 192, 64);
    return network.conv("outc", 64, 2, 1, 1, true);
  }

  private static void doubleConv(KnownNetwork network, String at, int in, int out) {
    network.conv(at + ".0", in, out, 3).norm(at + ".1", out);
    network.conv(at + ".3", out, out, 3).norm(at + ".4", out);
  }

  private static KnownNetwork dcgan() {
    KnownNetwork network = new KnownNetwork("DCGAN generator");
    int[] widths = {100, 512, 256, 128, 64};
    for (int i = 0; i < 4; i++) {
      network.convTranspose("main." + 3 * i, widths[i], widths[i + 1], 4, false);
      network.norm("main." + (3 * i + 1), widths[i + 1]);
    }
    return network.convTranspose("main.12", 64, 3, 4, false);
  }

  private static KnownNetwork conditionalGan() {
    KnownNetwork network = new KnownNetwork("DCGAN, both networks");
    int[] down = {3, 64, 128, 256};
    for (int i = 0; i < 3; i++) {
      network.conv("D." + 3 * i, down[i], down[i + 1], 4);
      network.norm("D." + (3 * i + 1), down[i + 1]);
    }
    network.conv("D.9", 256, 1, 4);
    int[] up = {100, 256, 128, 64};
    for (int i = 0; i < 3; i++) {
      network.convTranspose("G." + 3 * i, up[i], up[i + 1], 4, false);
      network.norm("G." + (3 * i + 1), up[i + 1]);
    }
    return network.convTranspose("G.9", 64, 3, 4, false);
  }

  private static KnownNetwork gpt2() {
    KnownNetwork network = new KnownNetwork("GPT-2");
    network.embedding("transformer.wte", 5000, 64).embedding("transformer.wpe", 128, 64);
    for (int block = 0; block < 2; block++) {
      String at = "transformer.h.%d.".formatted(block);
      network.norm(at + "ln_1", 64).conv1D(at + "attn.c_attn", 64, 192);
      network.conv1D(at + "attn.c_proj", 64, 64).norm(at + "ln_2", 64);
      network.conv1D(at + "mlp.c_fc", 64, 256).conv1D(at + "mlp.c_proj", 256, 64);
    }
    return network.norm("transformer.ln_f", 64);
  }

  private static KnownNetwork squareConv1D() {
    return new KnownNetwork("Conv1D, one of them square and without bias")
        .conv1D("first", 64, 256)
        .conv1D("second", 256, 64)
        .conv1DWithoutBias("third", 64, 64);
  }

  private static KnownNetwork bert() {
    KnownNetwork network = new KnownNetwork("BERT");
    String embeddings = "bert.embeddings.";
    network
        .embedding(embeddings + "word_embeddings", 3000, 64)
        .embedding(embeddings + "position_embeddings", 128, 64)
        .embedding(embeddings + "token_type_embeddings", 2, 64)
        .norm(embeddings + "LayerNorm", 64);
    String at = "bert.encoder.layer.0.";
    for (String part : List.of("query", "key", "value")) {
      network.linear(at + "attention.self." + part, 64, 64);
    }
    return network
        .linear(at + "attention.output.dense", 64, 64)
        .norm(at + "attention.output.LayerNorm", 64)
        .linear(at + "intermediate.dense", 64, 256)
        .linear(at + "output.dense", 256, 64)
        .norm(at + "output.LayerNorm", 64)
        .linear("classifier", 64, 2);
  }

  private static KnownNetwork llama() {
    KnownNetwork network = new KnownNetwork("LLaMA");
    network.embedding("model.embed_tokens", 3200, 64);
    for (int block = 0; block < 2; block++) {
      String at = "model.layers.%d.".formatted(block);
      network
          .linearWithoutBias(at + "self_attn.q_proj", 64, 64)
          .linearWithoutBias(at + "self_attn.k_proj", 64, 16)
          .linearWithoutBias(at + "self_attn.v_proj", 64, 16)
          .linearWithoutBias(at + "self_attn.o_proj", 64, 64)
          .linearWithoutBias(at + "mlp.gate_proj", 64, 176)
          .linearWithoutBias(at + "mlp.up_proj", 64, 176)
          .linearWithoutBias(at + "mlp.down_proj", 176, 64);
    }
    return network.linearWithoutBias("lm_head", 64, 3200);
  }

  private static KnownNetwork languageModel(
      String name, int gates, int words, int width, int hidden) {
    return new KnownNetwork(name)
        .embedding("encoder", words, width)
        .recurrent("rnn", "_l0", width, gates, hidden)
        .recurrent("rnn", "_l1", hidden, gates, hidden)
        .linear("decoder", hidden, words);
  }

  private static KnownNetwork visionTransformer() {
    KnownNetwork network = new KnownNetwork("ViT");
    network.conv("conv_proj", 3, 48, 8, 1, true);
    for (int block = 0; block < 2; block++) {
      String at = "encoder.layers.encoder_layer_%d.".formatted(block);
      network.norm(at + "ln_1", 48).attention(at + "self_attention", 48).norm(at + "ln_2", 48);
      network.linear(at + "mlp.0", 48, 96).linear(at + "mlp.3", 96, 48);
    }
    return network.norm("encoder.ln", 48).linear("heads.head", 48, 10);
  }

  private static KnownNetwork textCnn() {
    KnownNetwork network = new KnownNetwork("TextCNN");
    network.embedding("words", 4000, 128);
    for (int kernel = 3; kernel <= 5; kernel++) {
      network.conv1d("convs." + (kernel - 3), 128, 100, kernel, 1);
    }
    return network.linear("fc", 300, 2);
  }

  private static KnownNetwork recommender() {
    KnownNetwork network = new KnownNetwork("DLRM");
    int[] words = {1460, 583, 24, 16};
    for (int table = 0; table < words.length; table++) {
      network.embedding("emb_l." + table, words[table], 16);
    }
    return network
        .linear("bot_l.0", 13, 64)
        .linear("bot_l.2", 64, 16)
        .linear("top_l.0", 26, 32)
        .linear("top_l.2", 32, 1);
  }

  private static KnownNetwork speech() {
    KnownNetwork network = new KnownNetwork("wav2vec's features");
    network.conv1d("conv_layers.0.conv", 1, 32, 10, 1).norm("conv_layers.0.layer_norm", 32);
    network.conv1d("conv_layers.1.conv", 32, 32, 3, 1);
    network.linear("projection", 32, 48);
    return network.conv1d("pos_conv", 48, 48, 16, 4);
  }

  private static KnownNetwork pointNet() {
    return new KnownNetwork("PointNet")
        .conv1d("conv1", 3, 64, 1, 1)
        .norm("bn1", 64)
        .conv1d("conv2", 64, 128, 1, 1)
        .norm("bn2", 128)
        .conv1d("conv3", 128, 1024, 1, 1)
        .norm("bn3", 1024)
        .linear("fc1", 1024, 512)
        .linear("fc2", 512, 10);
  }
}
